//! What headers promise: order, names, lent strings, and that wrong ones change nothing.

use super::*;
use glib::prelude::*;

fn headers(pairs: &[(&str, &str)]) -> MessageHeaders {
    let headers = MessageHeaders::new(MessageHeadersType::Request);
    pairs
        .iter()
        .for_each(|(name, value)| headers.append(name, value));
    headers
}

fn pairs(headers: &MessageHeaders) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

#[test]
fn names_compare_case_insensitively_and_order_is_kept() {
    let headers = headers(&[("A", "1"), ("B", "2"), ("a", "3")]);
    assert_eq!(
        pairs(&headers),
        owned(&[("A", "1"), ("B", "2"), ("a", "3")])
    );
    assert_eq!(headers.one("a").as_deref(), Some("3"));
    assert_eq!(headers.list("a").as_deref(), Some("1, 3"));
    assert_eq!((headers.one("c"), headers.list("c")), (None, None));
    headers.replace("a", "4");
    assert_eq!(pairs(&headers), owned(&[("B", "2"), ("a", "4")]));
    headers.remove("b");
    assert_eq!(pairs(&headers), owned(&[("a", "4")]));
    headers.clear();
    assert_eq!(headers.iter().len(), 0);
}

#[test]
fn what_cannot_be_a_header_changes_nothing() {
    let headers = headers(&[("a", "1")]);
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("a:", "x"),
        ("é", "x"),
        ("a\n", "x"),
        ("a", "x\ny"),
    ] {
        headers.append(name, value);
        headers.replace(name, value);
    }
    headers.append("a", "x\r");
    headers.append("a", "x\0y");
    headers.set_content_length(-1);
    headers.set_content_type("a/b", &[("c d", "e")]);
    headers.set_content_type("a/b\r\nX: y", &[]);
    assert_eq!(pairs(&headers), owned(&[("a", "1")]));
}

#[test]
fn clones_and_values_share_their_content() {
    let headers = headers(&[]);
    let value = headers.to_value();
    headers.clone().append("a", "1");
    assert_eq!(
        value.get::<MessageHeaders>().unwrap().one("a").as_deref(),
        Some("1")
    );
}

#[test]
fn headers_may_change_while_they_are_iterated() {
    let headers = headers(&[("a", "1"), ("b", "2")]);
    let mut seen = Vec::new();
    for (name, _) in &headers {
        headers.clear();
        headers.append("c", "3");
        seen.push(name);
    }
    assert_eq!(seen, ["a", "b"]);
    headers.foreach(|_, _| headers.remove("c"));
    assert_eq!(headers.iter().len(), 0);
}

#[test]
fn borrowed_strings_stay_while_their_header_does() {
    let headers = headers(&[("a", "1"), ("Content-Type", "text/html; charset=x")]);
    let one = headers.one_ptr("A");
    let content_type = headers.content_type_ptr();
    for i in 0..100 {
        headers.append("b", &i.to_string());
    }
    headers.append("c", "1");
    headers.append("c", "2");
    let list = headers.list_ptr("c");
    headers.remove("b");
    assert_eq!((headers.one_ptr("a"), headers.list_ptr("C")), (one, list));
    assert_eq!(headers.content_type_ptr(), content_type);
    let read = |address: *const c_char| {
        // Finds whose address it is: reading through the pointer would be unsafe.
        let fields = headers.fields();
        let lent = fields.lent_lists.iter().map(|(_, text)| text).chain(
            fields
                .list
                .iter()
                .flat_map(|field| [&field.name, &field.value]),
        );
        lent.chain(&fields.lent_content_type)
            .find(|text| text.as_ptr() == address)
            .map(|text| text.as_str().to_owned())
    };
    assert_eq!(read(one).as_deref(), Some("1"));
    assert_eq!(read(list).as_deref(), Some("1, 2"));
    assert_eq!(read(content_type).as_deref(), Some("text/html"));
    headers.append("c", "3");
    assert_eq!(read(headers.list_ptr("c")).as_deref(), Some("1, 2, 3"));
    headers.replace("Content-Type", "nonsense");
    assert!(headers.content_type_ptr().is_null() && headers.one_ptr("none").is_null());
    assert!(headers.nth_ptr(3).is_some() && headers.nth_ptr(4).is_some());
    assert!(headers.nth_ptr(5).is_none());
}

#[test]
fn lists_are_searched_and_compared_case_insensitively() {
    let headers = headers(&[("L", "a, \"b,c\" ,,"), ("l", "D;q=1")]);
    for (token, contained) in [
        ("A", true),
        ("d;q=1", true),
        ("\"b,c\"", true),
        ("b,c", false),
        ("d", false),
        ("", false),
    ] {
        assert_eq!(headers.header_contains("l", token), contained, "{token}");
    }
    assert!(headers.header_equals("L", "A, \"b,c\" ,,, d;q=1"));
    assert!(!headers.header_equals("L", "D;q=1"));
    assert!(!headers.header_equals("none", ""));
}

#[test]
fn a_content_length_is_digits_and_nothing_else() {
    for (value, length) in [
        ("5", 5),
        ("007", 7),
        ("+5", 0),
        ("-5", 0),
        ("5, 5", 0),
        ("", 0),
        ("0x5", 0),
        ("9223372036854775807", i64::MAX),
        ("9223372036854775808", 0),
    ] {
        assert_eq!(
            headers(&[("content-length", value)]).content_length(),
            length,
            "{value}"
        );
    }
    let both = headers(&[("Content-Length", "5"), ("Transfer-Encoding", "chunked")]);
    assert_eq!(both.content_length(), 0);
    both.set_content_length(7);
    assert_eq!(pairs(&both), owned(&[("Content-Length", "7")]));
}

#[test]
fn a_content_type_is_taken_apart_and_put_together() {
    let headers = headers(&[("Content-Type", "text/html; Charset=\"utf-8\"")]);
    let (content_type, parameters) = headers.content_type().unwrap();
    assert_eq!(content_type, "text/html");
    assert_eq!(parameters["charset"], "utf-8");
    headers.set_content_type("a/b", &[("c", "d e"), ("f", "g")]);
    assert_eq!(
        headers.one("content-type").as_deref(),
        Some("a/b; c=\"d e\"; f=g")
    );
    for bad in ["", "text", "text/", "/html", "a b/c"] {
        headers.replace("Content-Type", bad);
        assert_eq!(headers.content_type(), None, "{bad}");
    }
}

#[test]
fn headers_of_the_connection_are_removed() {
    let headers = headers(&[
        ("Connection", "close, X-Foo, connection"),
        ("X-Foo", "1"),
        ("x-foo", "2"),
        ("Y", "3"),
    ]);
    headers.clean_connection_headers();
    let left = [("Connection", "close, X-Foo, connection"), ("Y", "3")];
    assert_eq!(pairs(&headers), owned(&left));
}

#[test]
fn received_values_become_utf_8() {
    let headers = headers(&[]);
    headers.append_received("a", b"caf\xe9");
    assert_eq!(headers.one("a").as_deref(), Some("café"));
    assert_eq!(headers.count("A"), 1);
}
