//! The options of a connection beyond those of libsoup, and what can be asked of it.

use super::WebsocketConnection;
use super::driver::Driver;
use crate::WebsocketOverflowPolicy;
use glib::prelude::*;
use glib::subclass::prelude::*;
use glib::{SignalHandlerId, closure_local};
use std::time::Duration;

impl WebsocketConnection {
    /// How many bytes of messages were sent and have not been taken by the stream, as the W3C's
    /// `bufferedAmount` has it. Compressed messages count as what they have become. Changes are not
    /// notified.
    #[doc(alias = "get_buffered_amount")]
    pub fn buffered_amount(&self) -> u64 {
        self.imp().buffered_amount()
    }

    /// How many bytes of messages may wait to be sent; 0, the default, for any number.
    #[doc(alias = "get_max_buffered_amount")]
    pub fn max_buffered_amount(&self) -> u64 {
        self.property("max-buffered-amount")
    }

    /// Sets how many bytes of messages may wait to be sent; 0 for any number. What happens beyond that
    /// is up to [`overflow_policy`](Self::overflow_policy).
    pub fn set_max_buffered_amount(&self, max_buffered_amount: u64) {
        self.set_property("max-buffered-amount", max_buffered_amount);
    }

    /// What happens to a message with which more than
    /// [`max_buffered_amount`](Self::max_buffered_amount) bytes would wait.
    #[doc(alias = "get_overflow_policy")]
    pub fn overflow_policy(&self) -> WebsocketOverflowPolicy {
        self.property("overflow-policy")
    }

    /// Sets what happens to a message that is too much.
    pub fn set_overflow_policy(&self, policy: WebsocketOverflowPolicy) {
        self.set_property("overflow-policy", policy);
    }

    /// The amount of buffered bytes from which on `congested` tells that it is enough; 0, the default,
    /// for none.
    #[doc(alias = "get_high_water_mark")]
    pub fn high_water_mark(&self) -> u64 {
        self.property("high-water-mark")
    }

    /// Sets the amount of buffered bytes at which `congested` is emitted; 0 for none.
    pub fn set_high_water_mark(&self, high_water_mark: u64) {
        self.set_property("high-water-mark", high_water_mark);
    }

    /// The amount of buffered bytes down to which, after `congested`, `drained` waits. 0 by default.
    #[doc(alias = "get_low_water_mark")]
    pub fn low_water_mark(&self) -> u64 {
        self.property("low-water-mark")
    }

    /// Sets the amount of buffered bytes at which `drained` is emitted.
    pub fn set_low_water_mark(&self, low_water_mark: u64) {
        self.set_property("low-water-mark", low_water_mark);
    }

    /// How many messages a second the peer may send; 0, the default, for any number.
    #[doc(alias = "get_max_message_rate")]
    pub fn max_message_rate(&self) -> u32 {
        self.property("max-message-rate")
    }

    /// Sets how many messages a second the peer may send; 0 for any number. Those of one second may
    /// come at once. One more is an error, and closes the connection with 1008.
    pub fn set_max_message_rate(&self, max_message_rate: u32) {
        self.set_property("max-message-rate", max_message_rate);
    }

    /// How many bytes of messages are read that wait to be received, before the peer has to wait.
    /// 64 KiB by default. Each message counts for 64 bytes more than it has.
    #[doc(alias = "get_receive_buffer_size")]
    pub fn receive_buffer_size(&self) -> u64 {
        self.property("receive-buffer-size")
    }

    /// Sets how many bytes of messages are read that wait to be received; at least 1. There can be one
    /// message more, which is read when there is room for its first byte.
    pub fn set_receive_buffer_size(&self, receive_buffer_size: u64) {
        self.set_property("receive-buffer-size", receive_buffer_size);
    }

    /// How long the peer took to answer the last keepalive ping that it has answered, from when that
    /// was written; `None` as long as there was none. `notify::latency` tells of another one.
    #[doc(alias = "get_latency")]
    pub fn latency(&self) -> Option<Duration> {
        self.imp().driver.get().and_then(Driver::latency)
    }

    /// Seconds that the peer may send nothing at all, not even pongs; 0, the default, for ever.
    #[doc(alias = "get_idle_timeout")]
    pub fn idle_timeout(&self) -> u32 {
        self.imp().idle_timeout.get()
    }

    /// Sets the seconds that the peer may send nothing. One that is silent for longer is taken for gone:
    /// `error` is emitted and the connection closes, with 1008.
    pub fn set_idle_timeout(&self, seconds: u32) {
        self.set_property("idle-timeout", seconds);
    }

    /// Seconds that the peer has for its part of closing; 0 for ever. 5 by default.
    #[doc(alias = "get_close_timeout")]
    pub fn close_timeout(&self) -> u32 {
        self.imp().close_timeout.get()
    }

    /// Sets the seconds that the peer has for its part of closing, from the last byte that it took.
    pub fn set_close_timeout(&self, seconds: u32) {
        self.set_property("close-timeout", seconds);
    }

    /// Whether the connection is closed and was so in order: both sides have sent a close frame
    /// (RFC 6455 §7.1.4).
    #[doc(alias = "get_closed_cleanly")]
    pub fn closed_cleanly(&self) -> bool {
        self.imp().closed_cleanly()
    }

    /// Calls `f` when [`buffered_amount`](Self::buffered_amount) has reached
    /// [`high_water_mark`](Self::high_water_mark), within the call that sends: it is time to stop.
    pub fn connect_congested(&self, f: impl Fn(&Self) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "congested",
            false,
            closure_local!(move |connection: &Self| f(connection)),
        )
    }

    /// Calls `f` when, after `congested`, [`buffered_amount`](Self::buffered_amount) has fallen to
    /// [`low_water_mark`](Self::low_water_mark): it is time to go on.
    pub fn connect_drained(&self, f: impl Fn(&Self) + 'static) -> SignalHandlerId {
        self.connect_closure(
            "drained",
            false,
            closure_local!(move |connection: &Self| f(connection)),
        )
    }
}
