//! The places that the connections of a server take: how many there are, of whom, and which are still
//! taken.

use gio::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::future::poll_fn;
use std::net::IpAddr;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Who connections are counted for: an IPv4 address, or the network of an IPv6 address.
///
/// Whoever has an IPv6 address has the /64 around it (RFC 6177 §2), and may come from any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Client {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Client {
    /// Who is behind `address`; `None` if it is not of IP.
    pub(super) fn of(address: &gio::SocketAddress) -> Option<Self> {
        let address = address.downcast_ref::<gio::InetSocketAddress>()?;
        // An IPv4 address looks like one of IPv6 where a socket serves both.
        Some(match IpAddr::from(address.address()).to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        })
    }
}

/// All places of a server.
#[derive(Clone, Default)]
pub(super) struct Places(Rc<Inner>);

#[derive(Default)]
struct Inner {
    /// The numbers of those that are taken.
    taken: RefCell<BTreeSet<u64>>,
    next: Cell<u64>,
    by_client: RefCell<HashMap<Client, u32>>,
    /// Tasks that wait for places to be free.
    waiting: RefCell<Vec<Waker>>,
    on_freed: RefCell<Option<Rc<dyn Fn()>>>,
}

impl Places {
    /// Has `f` called whenever a place is free again.
    pub(super) fn set_on_freed(&self, f: impl Fn() + 'static) {
        self.0.on_freed.replace(Some(Rc::new(f)));
    }

    /// Takes a place for a connection of `client`.
    pub(super) fn take(&self, client: Option<Client>) -> Place {
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        self.0.taken.borrow_mut().insert(number);
        if let Some(client) = client {
            *self.0.by_client.borrow_mut().entry(client).or_default() += 1;
        }
        Place {
            places: self.clone(),
            number,
            client,
        }
    }

    /// How many places are taken.
    pub(super) fn count(&self) -> usize {
        self.0.taken.borrow().len()
    }

    /// How many places `client` has taken.
    pub(super) fn count_of(&self, client: Client) -> u32 {
        let by_client = self.0.by_client.borrow();
        by_client.get(&client).copied().unwrap_or(0)
    }

    /// The number that the next place will have. Those before have lower ones.
    pub(super) fn next(&self) -> u64 {
        self.0.next.get()
    }

    /// How many of the places before `number` are taken.
    pub(super) fn count_before(&self, number: u64) -> usize {
        self.0.taken.borrow().range(..number).count()
    }

    /// Waits until all places before `number` are free.
    pub(super) async fn freed_before(&self, number: u64) {
        poll_fn(|task| {
            let first = self.0.taken.borrow().first().copied();
            if first.is_none_or(|first| first >= number) {
                return Poll::Ready(());
            }
            let mut waiting = self.0.waiting.borrow_mut();
            if !waiting.iter().any(|waker| waker.will_wake(task.waker())) {
                waiting.push(task.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }
}

/// The place of one connection, until it is dropped.
pub(super) struct Place {
    places: Places,
    number: u64,
    client: Option<Client>,
}

impl Place {
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Places(inner) = &self.places;
        inner.taken.borrow_mut().remove(&self.number);
        if let Some(client) = self.client {
            let mut by_client = inner.by_client.borrow_mut();
            if let Some(count) = by_client.get_mut(&client) {
                *count -= 1;
                if *count == 0 {
                    by_client.remove(&client);
                }
            }
        }
        for waker in inner.waiting.take() {
            waker.wake();
        }
        let on_freed = inner.on_freed.borrow().clone();
        if let Some(on_freed) = on_freed {
            on_freed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Option<Client> {
        Client::of(&gio::InetSocketAddress::from_string(address, 1)?.upcast())
    }

    #[test]
    fn clients_are_addresses_or_networks_of_64_bits() {
        let same = |a, b| client(a).expect("it is one") == client(b).expect("it is one");
        assert!(same("10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("::ffff:10.0.0.1", "::ffff:10.0.0.2"));
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        let unix = gio::UnixSocketAddress::new(std::path::Path::new("/x"));
        assert_eq!(Client::of(unix.upcast_ref()), None);
    }

    #[test]
    fn places_are_counted_while_they_are_taken() {
        let places = Places::default();
        let freed = Rc::new(Cell::new(0));
        places.set_on_freed({
            let freed = freed.clone();
            move || freed.set(freed.get() + 1)
        });
        let one = Client::V4([1; 4]);
        let first = places.take(Some(one));
        let second = places.take(Some(one));
        let third = places.take(None);
        assert_eq!((places.count(), places.count_of(one)), (3, 2));
        assert_eq!(places.count_before(third.number()), 2);
        drop((first, second));
        assert_eq!((places.count(), places.count_of(one)), (1, 0));
        assert_eq!((places.count_before(places.next()), freed.get()), (1, 2));
        assert!(places.0.by_client.borrow().is_empty());
    }
}
