//! Memory of large messages is kept for the next ones while they come. Alone in its process, as all
//! connections of one have that memory together.

mod support;

use support::counting::{Counting, memory_of};
use support::raw::{Ends, frame_to};
use support::{wait_until, with_context};
use wsoup::WebsocketConnectionType::Server;
use wsoup::protocol::is_memory_kept;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SIZE: usize = 1 << 20;
/// What else is allocated: the buffer that is read into, and what the test does.
const LITTLE: usize = SIZE / 2;

#[test]
fn memory_of_large_messages_is_kept_for_the_next_and_not_for_long() {
    with_context(|context| {
        let ends = Ends::open(context, Server);
        ends.connection.set_max_incoming_payload_size(0);
        ends.connection.set_max_total_message_size(0);
        let frame = frame_to(Server, 0x82, &vec![7; SIZE]);
        let receive = || {
            let count = ends.log.len();
            ends.peer.send(context, &frame);
            wait_until(context, "the message", || ends.log.len() > count);
        };
        let ((), left, _) = memory_of(|| {
            let ((), kept, _) = memory_of(receive);
            assert!(kept >= SIZE && is_memory_kept(), "{kept} bytes");
            let ((), _, most) = memory_of(receive);
            assert!(most < LITTLE, "{most} bytes");
            wait_until(context, "its release", || !is_memory_kept());
        });
        assert!(left < LITTLE, "{left} bytes");
    });
}
