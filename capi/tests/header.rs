//! The header that is kept in the tree is the one that `build.rs` makes of this source.

#[test]
fn header_is_current() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/wsoup.h"));
    let kept = include_str!("../../include/wsoup/wsoup.h");
    assert!(
        made == kept,
        "include/wsoup/wsoup.h is stale: run `./run header`"
    );
}
