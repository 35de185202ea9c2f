//! Whatever happens to a stream at whichever byte, nothing is lost that arrived, everybody who waits
//! hears of it, and nothing is left behind.
//!
//! Each exchange of the tables beside this file runs undisturbed first, which counts its bytes. Then
//! it runs once with each fault behind each of these bytes, over a link that makes them
//! (`support/faulty.rs`); `world.rs` says what has to hold after each run. Descriptors are counted,
//! so one test runs at a time.

#[path = "../support/mod.rs"]
mod support;

mod exchanges;
mod handshakes;
mod world;

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use support::faulty::{Direction, Fault, Kind, descriptors, sockets};
use support::{wait_until, with_context};
use world::World;

/// What is exchanged: makes both ends, and starts what they do.
type Exchange = fn(&std::rc::Rc<World>);

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Counts what is open.
type Count = fn() -> usize;

/// In exchanges longer than this, what is no cut is made behind every fourth byte only, as it is seldom
/// another byte that makes the difference.
const LONG: usize = 220;

/// Runs `exchange` with every fault behind every `step`th byte, and once without.
fn disturb(exchange: Exchange, step: usize, count: Count) {
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    glib::log_set_always_fatal(glib::LogLevels::LEVEL_CRITICAL | glib::LogLevels::LEVEL_ERROR);
    // The first run starts threads of GLib, which stay, as their descriptors do.
    run_once(exchange, None, count);
    let lengths = run(exchange, None, count);
    for direction in Direction::BOTH {
        let length = lengths[direction as usize];
        assert!(length > 0, "nothing goes {direction:?}");
        for kind in Kind::ALL {
            let is_seldom = step == 1 && length > LONG && kind != Kind::Cut;
            let step = if is_seldom { 4 } else { step };
            // Signatures of TLS are a few bytes longer or shorter.
            for at in (0..=length + 1 - step).step_by(step) {
                let fault = Fault {
                    kind,
                    direction,
                    at,
                };
                let lengths = run(exchange, Some(fault), count);
                if kind.is_harmless() && step == 1 {
                    assert_eq!(lengths[direction as usize], length, "{fault:?}");
                }
            }
        }
    }
}

/// Runs `exchange` once, so that nothing stays open; returns how many bytes went in each direction.
fn run(exchange: Exchange, fault: Option<Fault>, count: Count) -> [usize; 2] {
    let before = count();
    let lengths = run_once(exchange, fault, count);
    assert_eq!(count(), before, "what is open, after {fault:?}");
    lengths
}

fn run_once(exchange: Exchange, fault: Option<Fault>, count: Count) -> [usize; 2] {
    let lengths = Cell::new([0; 2]);
    let before = count();
    with_context(|context| {
        let world = World::new(context, fault);
        exchange(&world);
        lengths.set(world.finish());
        if std::ptr::fn_addr_eq(count, sockets as Count) {
            // They are closed by threads.
            wait_until(context, "the end of all streams", || count() == before);
        }
    });
    lengths.get()
}

/// A test for each exchange: behind every how many bytes it is disturbed, and what is counted. TLS is
/// closed by threads, which may keep a context a little longer: there sockets alone.
macro_rules! exchanges {
    ($($module:ident :: $name:ident every $step:literal counting $count:ident,)*) => {$(
        #[test]
        fn $name() {
            disturb($module::$name, $step, $count);
        }
    )*};
}

exchanges! {
    exchanges::messages_are_echoed every 1 counting descriptors,
    exchanges::messages_arrive_in_fragments every 1 counting descriptors,
    exchanges::messages_are_compressed every 1 counting descriptors,
    exchanges::pings_are_answered every 1 counting descriptors,
    exchanges::the_client_closes every 1 counting descriptors,
    exchanges::the_server_closes every 1 counting descriptors,
    exchanges::both_close every 1 counting descriptors,
    exchanges::sends_tell_when_they_are_done every 1 counting descriptors,
    exchanges::streams_are_sent_and_received_in_parts every 1 counting descriptors,
    exchanges::messages_are_received_by_call every 1 counting descriptors,
    exchanges::messages_flow_through_stream_and_sink every 1 counting descriptors,
    exchanges::a_receiver_pauses every 1 counting descriptors,
    handshakes::a_session_connects every 1 counting descriptors,
    handshakes::a_session_is_redirected every 1 counting descriptors,
    handshakes::a_session_authenticates every 1 counting descriptors,
    handshakes::a_session_connects_through_a_proxy every 1 counting descriptors,
    handshakes::a_session_connects_over_tls every 16 counting sockets,
}
