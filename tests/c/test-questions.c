/* What a session promises when connecting takes more than one step: it tells of redirects, and asks
 * for credentials and certificates, which a program gives at once or later. */
#include "support.h"

typedef struct
{
  char *folder;
  GTlsCertificate *of_client;
  WsoupServer *server;
  WsoupSession *session;
  WsoupMessage *message;
  End *peer;
  guint asked;
} Fixture;

static void
redirect (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
          const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
          gpointer data G_GNUC_UNUSED)
{
  wsoup_server_message_set_redirect (message, WSOUP_STATUS_FOUND, "/echo");
}

/* Lets in Aladdin with his password, as in RFC 7617 §2. */
static void
ask_for_password (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
                  const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
                  gpointer data G_GNUC_UNUSED)
{
  WsoupMessageHeaders *request = wsoup_server_message_get_request_headers (message);
  WsoupMessageHeaders *response = wsoup_server_message_get_response_headers (message);

  if (g_strcmp0 (wsoup_message_headers_get_one (request, "Authorization"),
                 "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == 0)
    return;
  wsoup_message_headers_append (response, "WWW-Authenticate", "Basic realm=\"cave\"");
  wsoup_server_message_set_status (message, WSOUP_STATUS_UNAUTHORIZED, NULL);
}

static gboolean
accept_without_errors (WsoupServerMessage *message G_GNUC_UNUSED,
                       GTlsCertificate *certificate G_GNUC_UNUSED, GTlsCertificateFlags errors,
                       gpointer data G_GNUC_UNUSED)
{
  return errors == 0;
}

static void
on_got_headers (WsoupServerMessage *message, gpointer fixture)
{
  GTlsCertificate *shown = wsoup_server_message_get_tls_peer_certificate (message);

  g_assert_true (g_tls_certificate_is_same (shown, ((Fixture *) fixture)->of_client));
}

static void
on_request_started (WsoupServer *server, WsoupServerMessage *message, gpointer fixture)
{
  if (!wsoup_server_is_https (server))
    return;
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_without_errors), NULL);
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), fixture);
}

/* `/old` redirects to `/echo`, and `/closed` wants to know who comes; with a certificate, the server
 * wants to see one, too. */
static void
fixture_open (Fixture *fixture, gconstpointer certificate_name)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  /* A TLS handshake runs in a thread, which would run a context that nobody owns. */
  g_assert_true (g_main_context_acquire (NULL));
  fixture->session = wsoup_session_new ();
  if (certificate_name)
    {
      fixture->folder = certificates_make ();
      certificate = certificate_load (fixture->folder, certificate_name);
      fixture->of_client = certificate_load (fixture->folder, "client.pem");
    }
  fixture->server = server_new (certificate);
  if (certificate)
    {
      g_autofree char *authority = g_build_filename (fixture->folder, "ca.pem", NULL);
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (authority, NULL);

      wsoup_session_set_tls_database (fixture->session, database);
      wsoup_server_set_tls_database (fixture->server, database);
      wsoup_server_set_tls_auth_mode (fixture->server, G_TLS_AUTHENTICATION_REQUESTED);
    }
  g_signal_connect (fixture->server, "request-started", G_CALLBACK (on_request_started), fixture);
  wsoup_server_add_websocket_handler (fixture->server, "/echo", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
  wsoup_server_add_websocket_handler (fixture->server, "/closed", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
  wsoup_server_add_early_handler (fixture->server, "/closed", ask_for_password, NULL, NULL);
  wsoup_server_add_handler (fixture->server, "/old", redirect, NULL, NULL);
}

static void
fixture_close (Fixture *fixture, gconstpointer certificate_name)
{
  g_clear_pointer (&fixture->peer, end_free);
  dispatch_what_is_ready ();
  let_go (fixture->message);
  let_go (fixture->session);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  let_go (fixture->server);
  if (certificate_name)
    {
      g_object_unref (fixture->of_client);
      folder_remove (fixture->folder);
    }
  g_main_context_release (NULL);
}

static void
connect_and_close (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  End *client =
    end_new (connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error));

  g_assert_no_error (error);
  wait_for (fixture->peer);
  wsoup_websocket_connection_close (client->connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (client) && end_is_closed (fixture->peer));
  dispatch_what_is_ready ();
  end_free (client);
}

static void
on_restarted (WsoupMessage *message, gpointer fixture)
{
  g_assert_cmpint (wsoup_message_get_status (message), ==, WSOUP_STATUS_FOUND);
  g_assert_cmpstr (g_uri_get_path (wsoup_message_get_uri (message)), ==, "/echo");
  ((Fixture *) fixture)->asked++;
}

static void
test_redirect (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->message = message_to (fixture->server, "/old");
  g_signal_connect (fixture->message, "restarted", G_CALLBACK (on_restarted), fixture);
  connect_and_close (fixture);
  g_assert_cmpuint (fixture->asked, ==, 1);
}

static gboolean
say_open_sesame (gpointer auth)
{
  wsoup_auth_authenticate (auth, "Aladdin", "open sesame");
  return G_SOURCE_REMOVE;
}

static gboolean
on_authenticate (WsoupMessage *message G_GNUC_UNUSED, WsoupAuth *auth, gboolean retrying,
                 gpointer fixture)
{
  g_assert_cmpstr (wsoup_auth_get_realm (auth), ==, "cave");
  g_assert_true (retrying == (((Fixture *) fixture)->asked++ > 0));
  if (retrying)
    g_idle_add_full (G_PRIORITY_LOW, say_open_sesame, g_object_ref (auth), g_object_unref);
  else
    wsoup_auth_authenticate (auth, "Aladdin", "open barley");
  return TRUE;
}

static void
test_authenticate (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->message = message_to (fixture->server, "/closed");
  g_signal_connect (fixture->message, "authenticate", G_CALLBACK (on_authenticate), fixture);
  connect_and_close (fixture);
  g_assert_cmpuint (fixture->asked, ==, 2);
}

static gboolean
show_certificate (gpointer fixture)
{
  wsoup_message_set_tls_client_certificate (((Fixture *) fixture)->message,
                                            ((Fixture *) fixture)->of_client);
  return G_SOURCE_REMOVE;
}

static gboolean
on_request_certificate (WsoupMessage *message G_GNUC_UNUSED, GTlsClientConnection *connection,
                        gpointer fixture)
{
  g_assert_true (G_IS_TLS_CLIENT_CONNECTION (connection));
  ((Fixture *) fixture)->asked++;
  g_idle_add_full (G_PRIORITY_LOW, show_certificate, fixture, NULL);
  return TRUE;
}

static void
test_certificate (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->message = message_to (fixture->server, "/echo");
  g_signal_connect (fixture->message, "request-certificate", G_CALLBACK (on_request_certificate),
                    fixture);
  connect_and_close (fixture);
  g_assert_cmpuint (fixture->asked, ==, 1);
}

/* The password of the key is asked for by the object that GIO asks, too. */
static void
on_answer (GObject *interaction, GAsyncResult *result, gpointer fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_tls_interaction_ask_password_finish (G_TLS_INTERACTION (interaction), result,
                                                          &error),
                   ==, G_TLS_INTERACTION_HANDLED);
  g_assert_no_error (error);
  show_certificate (fixture);
}

static gboolean
ask_for_password_of_key (WsoupMessage *message G_GNUC_UNUSED, GTlsClientConnection *connection,
                         gpointer fixture)
{
  GTlsInteraction *interaction =
    g_tls_connection_get_interaction (G_TLS_CONNECTION (connection));
  g_autoptr (GTlsPassword) password = g_tls_password_new (G_TLS_PASSWORD_NONE, "token");

  g_tls_interaction_ask_password_async (interaction, password, NULL, on_answer, fixture);
  return TRUE;
}

static gboolean
on_request_password (WsoupMessage *message, GTlsPassword *password, gpointer fixture)
{
  g_tls_password_set_value (password, (const guchar *) "sesame", -1);
  ((Fixture *) fixture)->asked++;
  wsoup_message_tls_client_certificate_password_request_complete (message);
  return TRUE;
}

static void
test_password (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->message = message_to (fixture->server, "/echo");
  g_signal_connect (fixture->message, "request-certificate", G_CALLBACK (ask_for_password_of_key),
                    fixture);
  g_signal_connect (fixture->message, "request-certificate-password",
                    G_CALLBACK (on_request_password), fixture);
  connect_and_close (fixture);
  g_assert_cmpuint (fixture->asked, ==, 1);
}

#define ADD(name, certificate, function)                                                        \
  g_test_add ("/questions/" name, Fixture, certificate, fixture_open, function, fixture_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("redirect-is-followed-and-told", NULL, test_redirect);
  ADD ("credentials-are-given-at-once-or-later", NULL, test_authenticate);
  ADD ("certificate-is-given-later", "server.pem", test_certificate);
  ADD ("password-of-a-certificate-is-given", "server.pem", test_password);
  return g_test_run ();
}
