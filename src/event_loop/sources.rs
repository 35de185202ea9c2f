//! One `GSource` a direction that is waited for: how a stream or a socket is watched where no
//! poller can do it.

use super::source::Unattached;
use super::{Interest, Watcher};

/// The sources of one stream; destroyed on drop.
#[derive(Default)]
pub(super) struct Sources {
    readable: Option<glib::Source>,
    writable: Option<glib::Source>,
}

/// What a source is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

impl Sources {
    /// Waits for what `interest` names, and for nothing else, by sources that `create` makes.
    pub(super) fn set_interest(
        &mut self,
        interest: Interest,
        watcher: &Watcher,
        create: impl Fn(Direction) -> Unattached,
    ) {
        let update = |slot: &mut Option<glib::Source>, is_wanted, direction| {
            match (slot.is_some(), is_wanted) {
                (true, false) => destroy(slot.take()),
                (false, true) => *slot = Some(create(direction).attach(&watcher.0)),
                (true, true) | (false, false) => (),
            };
        };
        update(&mut self.readable, interest.readable, Direction::In);
        update(&mut self.writable, interest.writable, Direction::Out);
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        destroy(self.readable.take());
        destroy(self.writable.take());
    }
}

fn destroy(source: Option<glib::Source>) {
    if let Some(source) = source {
        source.destroy();
    }
}
