//! The TLS handshakes of a server that run at once.
//!
//! GIO shakes hands in threads, of which a process has few, and a client that has begun may say nothing
//! more. So some handshakes run, fewer of one client, and the others wait without a thread.

use super::places::Client;
use crate::event_loop::with_deadline;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

/// How many run at once. GIO's threads are 10 to begin with. There can be more, but once some of those
/// have ended, what is new waits until another ends, which half-open handshakes do not.
const MOST: usize = 8;

/// How many of one client do: there is room for others, and whoever has all its clients behind one proxy
/// gets on, too.
const MOST_OF_CLIENT: usize = 6;

/// How long a handshake may take in any case; then it ends if that helps somebody who waits.
const SHARE: Duration = Duration::from_secs(5);

/// How often it is looked at then.
const LOOK: Duration = Duration::from_millis(500);

/// The handshakes of a server.
#[derive(Clone)]
pub(super) struct Handshakes(Rc<Inner>);

struct Inner {
    most: usize,
    most_of_client: usize,
    next: Cell<u64>,
    running: Cell<usize>,
    /// How many run of whom; those without an address have none together.
    by_client: RefCell<HashMap<Option<Client>, usize>>,
    /// In the order in which they came. None of them may run.
    waiting: RefCell<BTreeMap<u64, Waiting>>,
}

struct Waiting {
    client: Option<Client>,
    waker: Option<Waker>,
}

impl Default for Handshakes {
    fn default() -> Self {
        Self::new(MOST, MOST_OF_CLIENT)
    }
}

impl Handshakes {
    fn new(most: usize, most_of_client: usize) -> Self {
        Self(Rc::new(Inner {
            most,
            most_of_client,
            next: Cell::default(),
            running: Cell::default(),
            by_client: RefCell::default(),
            waiting: RefCell::default(),
        }))
    }

    /// Waits for the turn of `client`.
    pub(super) async fn turn(&self, client: Option<Client>) -> Turn {
        let turn = self.take(client);
        poll_fn(
            |task| match self.0.waiting.borrow_mut().get_mut(&turn.number) {
                Some(waiting) => {
                    waiting.waker = Some(task.waker().clone());
                    Poll::Pending
                }
                None => Poll::Ready(()),
            },
        )
        .await;
        turn
    }

    /// Lets a handshake begin, or stand with those who wait.
    fn take(&self, client: Option<Client>) -> Turn {
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        if self.0.may_run(client) {
            self.0.begin(client);
        } else {
            let waker = None;
            let waiting = Waiting { client, waker };
            self.0.waiting.borrow_mut().insert(number, waiting);
        }
        Turn {
            handshakes: self.clone(),
            number,
            client,
        }
    }
}

impl Inner {
    fn running_of(&self, client: Option<Client>) -> usize {
        let by_client = self.by_client.borrow();
        by_client.get(&client).copied().unwrap_or(0)
    }

    fn may_run(&self, client: Option<Client>) -> bool {
        self.running.get() < self.most
            && (client.is_none() || self.running_of(client) < self.most_of_client)
    }

    fn begin(&self, client: Option<Client>) {
        self.running.set(self.running.get() + 1);
        *self.by_client.borrow_mut().entry(client).or_default() += 1;
    }

    /// One is over: whoever waits and has the fewest begins, the first of them.
    fn end(&self, client: Option<Client>) {
        self.running.set(self.running.get() - 1);
        let mut by_client = self.by_client.borrow_mut();
        if let Some(count) = by_client.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                by_client.remove(&client);
            }
        }
        drop(by_client);
        let mut waiting = self.waiting.borrow_mut();
        let next = waiting
            .iter()
            .filter(|(_, waiting)| self.may_run(waiting.client))
            .min_by_key(|(_, waiting)| self.running_of(waiting.client));
        let next = next.map(|(number, _)| *number);
        let next = next.and_then(|number| waiting.remove(&number));
        drop(waiting);
        if let Some(next) = next {
            self.begin(next.client);
            if let Some(waker) = next.waker {
                waker.wake();
            }
        }
    }
}

/// The turn of one handshake, until it is dropped.
pub(super) struct Turn {
    handshakes: Handshakes,
    number: u64,
    client: Option<Client>,
}

impl Turn {
    /// Waits for `handshake`; gives it up if it takes long and somebody else waits for the turn.
    pub(super) async fn run<T>(
        &self,
        handshake: impl Future<Output = Result<T, glib::Error>>,
    ) -> Result<T, glib::Error> {
        let mut handshake = pin!(handshake);
        let mut look = Instant::now() + SHARE;
        loop {
            if let Some(result) = with_deadline(Some(look), handshake.as_mut()).await {
                return result;
            }
            if self.is_wanted() {
                let text = "the handshake took long, and others wait";
                return Err(glib::Error::new(gio::IOErrorEnum::TimedOut, text));
            }
            look = Instant::now() + LOOK;
        }
    }

    /// Whether the end of this one lets another one begin, of the same client or of one who has fewer.
    fn is_wanted(&self) -> bool {
        let Handshakes(inner) = &self.handshakes;
        let is_full = inner.running.get() == inner.most;
        let own = inner.running_of(self.client);
        let waiting = inner.waiting.borrow();
        waiting.values().any(|waiting| {
            waiting.client == self.client || is_full && inner.running_of(waiting.client) < own
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Handshakes(inner) = &self.handshakes;
        let waiting = inner.waiting.borrow_mut().remove(&self.number);
        if waiting.is_none() {
            inner.end(self.client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<Client> = Some(Client::V4([1; 4]));
    const B: Option<Client> = Some(Client::V4([2; 4]));
    const C: Option<Client> = Some(Client::V4([3; 4]));

    fn take(handshakes: &Handshakes, client: Option<Client>, count: usize) -> Vec<Turn> {
        (0..count).map(|_| handshakes.take(client)).collect()
    }

    fn running(turns: &[Turn]) -> Vec<bool> {
        let is_running = |turn: &Turn| {
            let waiting = turn.handshakes.0.waiting.borrow();
            !waiting.contains_key(&turn.number)
        };
        turns.iter().map(is_running).collect()
    }

    #[test]
    fn some_of_each_client_run_and_the_others_follow_in_order() {
        let handshakes = Handshakes::new(8, 4);
        let mut turns = take(&handshakes, A, 7);
        assert_eq!(
            running(&turns),
            [true, true, true, true, false, false, false]
        );
        // Who waits may go.
        drop(turns.remove(4));
        drop(turns.remove(0));
        assert_eq!(running(&turns), [true, true, true, true, false]);
        drop(turns);
        assert_eq!(handshakes.0.running.get(), 0);
        assert!(handshakes.0.by_client.borrow().is_empty());
    }

    #[test]
    fn all_have_a_limit_and_who_has_fewest_comes_first() {
        let handshakes = Handshakes::new(8, 4);
        let (mut a, b) = (take(&handshakes, A, 5), take(&handshakes, B, 5));
        let (c, unknown) = (take(&handshakes, C, 1), take(&handshakes, None, 1));
        assert_eq!(running(&c), [false]);
        drop(a.remove(0));
        assert_eq!((running(&c), running(&unknown)), (vec![true], vec![false]));
        drop(a.remove(0));
        assert_eq!(running(&unknown), [true]);
        assert_eq!(running(&a), [true, true, false]);
        drop(b);
        assert_eq!(running(&a), [true; 3]);
        // Those of a socket without addresses are not one client.
        assert_eq!(
            running(&take(&handshakes, None, 4)),
            [true, true, true, false]
        );
    }

    #[test]
    fn a_long_handshake_gives_way_where_that_helps() {
        let handshakes = Handshakes::new(8, 4);
        let a = take(&handshakes, A, 4);
        let b = take(&handshakes, B, 3);
        let more_of_a = take(&handshakes, A, 1);
        assert!(a[0].is_wanted() && !b[0].is_wanted());
        drop(more_of_a);
        let c = take(&handshakes, C, 1);
        assert!(!a[0].is_wanted());
        let more_of_c = take(&handshakes, C, 1);
        assert!(a[0].is_wanted() && b[0].is_wanted() && c[0].is_wanted());
        drop(more_of_c);
        let more_of_b = take(&handshakes, B, 1);
        assert!(a[0].is_wanted() && b[0].is_wanted() && !c[0].is_wanted());
        drop(more_of_b);
    }
}
