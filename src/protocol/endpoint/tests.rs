use super::*;

#[test]
fn closing_gives_back_what_was_received() {
    let now = Instant::now();
    let mut endpoint = Endpoint::new(Role::Client, Config::new(Role::Client), || [0; 4], now);
    endpoint.poll_event(&mut &b"\x02\x05hello\x00\x7e"[..], now);
    assert!(endpoint.receiver.is_in_message());
    endpoint.fail(CloseCode::GOING_AWAY, "", now);
    assert!(!endpoint.receiver.is_in_message());
}

/// Servers have many thousands of these, most of them idle.
#[test]
fn endpoint_is_small() {
    assert!(
        size_of::<Endpoint>() <= 512,
        "{} bytes",
        size_of::<Endpoint>()
    );
}
