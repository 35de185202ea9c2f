//! The headers that are kept in the tree are those that `build.rs` makes of this source.

#[test]
fn header_is_current() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/wsoup.h"));
    let kept = include_str!("../../include/wsoup/wsoup.h");
    assert!(
        made == kept,
        "include/wsoup/wsoup.h is stale: run `./run header`"
    );
}

#[test]
fn header_with_the_names_of_libsoup_is_current() {
    let made = include_str!(concat!(env!("OUT_DIR"), "/soup.h"));
    let kept = include_str!("../../include/wsoup-soup/libsoup/soup.h");
    assert!(
        made == kept,
        "include/wsoup-soup/libsoup/soup.h is stale: run `./run header`"
    );
}
