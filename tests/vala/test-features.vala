// What a session promises about its features.

class Paint : Wsoup.WebsocketExtension {
    public uint colour { get; set; }
}

class Counter : Object, Wsoup.SessionFeature {
}

void test_extensions () throws Error {
    var session = new Wsoup.Session ();
    var manager = (Wsoup.WebsocketExtensionManager)
        session.get_feature (typeof (Wsoup.WebsocketExtensionManager));
    session.add_feature_by_type (typeof (Paint));
    assert (manager.has_extension (typeof (Paint)));
    Value[] values = { (uint) 7 };
    manager.add_extension_with_properties (typeof (Paint), { "colour" }, values);
    session.remove_feature_by_type (typeof (Paint));
    assert (!session.has_feature (typeof (Paint)));
}

void test_own_feature () throws Error {
    var session = new Wsoup.Session ();
    var message = new Wsoup.Message ("GET", "ws://localhost/");
    var counter = new Counter ();
    session.add_feature (counter);
    assert (session.get_feature (typeof (Counter)) == counter);
    message.disable_feature (typeof (Counter));
    assert (session.get_feature_for_message (typeof (Counter), message) == null);
}

void test_cookies () throws Error {
    var session = new Wsoup.Session ();
    session.add_feature_by_type (typeof (Wsoup.CookieJar));
    var jar = (Wsoup.CookieJar) session.get_feature (typeof (Wsoup.CookieJar));
    string[] changes = {};
    jar.changed.connect ((before, after) => {
        assert (before == null);
        changes += after.to_cookie_header ();
    });
    jar.add_cookie (new Wsoup.Cookie ("a", "1", "example.com", "/", -1));
    assert (changes.length == 1 && changes[0] == "a=1");
    var uri = Uri.parse ("ws://example.com/chat", UriFlags.NONE);
    assert (jar.get_cookies (uri, true) == "a=1");
    assert (jar.all_cookies ().length () == 1);
}

void main (string[] args) {
    Test.init (ref args);
    add_test ("/vala/features/extensions-go-to-the-manager", test_extensions);
    add_test ("/vala/features/a-program-has-features-of-its-own", test_own_feature);
    add_test ("/vala/features/a-jar-keeps-cookies", test_cookies);
    Test.run ();
}
