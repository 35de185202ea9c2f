//! Certificates of the client, and their passwords, on demand: asked for by the signals of the message,
//! then by the session's `tls-interaction`.

use super::connect::Request;
use crate::Message;
use crate::event_loop::{Answer, Question, ask_interaction, tls_interaction, with_cancellable};
use crate::http::question::has_handler;
use gio::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// How many questions of a handshake wait for an answer.
#[derive(Default, Clone)]
pub(super) struct Questions(Rc<Cell<u32>>);

impl Questions {
    pub(super) fn are_open(&self) -> bool {
        self.0.get() > 0
    }

    fn open(&self) -> OpenQuestion {
        self.0.set(self.0.get() + 1);
        OpenQuestion(self.clone())
    }
}

struct OpenQuestion(Questions);

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        let Self(Questions(open)) = self;
        open.set(open.get() - 1);
    }
}

impl Request {
    /// What is asked during a TLS handshake with the server.
    pub(super) fn interaction(&self) -> gio::TlsInteraction {
        let of_session = self.session.tls_interaction();
        // With nobody else to ask, it is asked by GIO itself, in the context that it belongs to.
        if let Some(interaction) = &of_session
            && !has_handlers(&self.message)
        {
            return interaction.clone();
        }
        let (message, questions) = (self.message.clone(), self.questions.clone());
        tls_interaction(move |question, cancellable| {
            let (message, of_session) = (message.clone(), of_session.clone());
            let question_is_open = questions.open();
            async move {
                let answer = match &question {
                    Question::Certificate(connection, _) => {
                        ask_for_certificate(&message, connection, &cancellable).await?
                    }
                    Question::Password(password) => {
                        ask_for_password(&message, password, &cancellable).await?
                    }
                };
                let answer = match (answer, of_session) {
                    (gio::TlsInteractionResult::Unhandled, Some(interaction)) => {
                        ask_interaction(&interaction, &question, &cancellable).await
                    }
                    (answer, _) => Ok(answer),
                };
                drop(question_is_open);
                answer
            }
        })
    }
}

fn has_handlers(message: &Message) -> bool {
    ["request-certificate", "request-certificate-password"]
        .into_iter()
        .any(|name| has_handler(message, name))
}

async fn ask_for_certificate(
    message: &Message,
    connection: &gio::TlsConnection,
    cancellable: &gio::Cancellable,
) -> Answer {
    let Some(client) = connection.downcast_ref::<gio::TlsClientConnection>() else {
        return Ok(gio::TlsInteractionResult::Unhandled);
    };
    // What was set before is shown without a question; and none may have been chosen.
    if message.has_chosen_client_certificate() || !message.request_certificate(client) {
        return Ok(gio::TlsInteractionResult::Unhandled);
    }
    let chosen = async {
        message.client_certificate_chosen().await;
        Ok(())
    };
    with_cancellable(cancellable, chosen).await?;
    if let Some(certificate) = message.tls_client_certificate() {
        connection.set_certificate(&certificate);
    }
    Ok(gio::TlsInteractionResult::Handled)
}

async fn ask_for_password(
    message: &Message,
    password: &gio::TlsPassword,
    cancellable: &gio::Cancellable,
) -> Answer {
    if !message.request_certificate_password(password) {
        return Ok(gio::TlsInteractionResult::Unhandled);
    }
    let complete = async {
        message.certificate_password_complete().await;
        Ok(())
    };
    with_cancellable(cancellable, complete).await?;
    Ok(gio::TlsInteractionResult::Handled)
}
