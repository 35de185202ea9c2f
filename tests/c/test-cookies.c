/* What cookies and their jar promise: that sessions keep and send them, and who owns what. */
#include "support.h"

static void
set_cookie (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
            const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED, gpointer sent)
{
  WsoupMessageHeaders *request = wsoup_server_message_get_request_headers (message);
  WsoupMessageHeaders *response = wsoup_server_message_get_response_headers (message);

  g_string_append_printf (sent, "[%s]", wsoup_message_headers_get_one (request, "Cookie"));
  wsoup_message_headers_append (response, "Set-Cookie", "a=1; Path=/");
  wsoup_message_headers_append (response, "Set-Cookie", "b=2; HttpOnly");
  wsoup_server_message_set_status (message, WSOUP_STATUS_UNAUTHORIZED, NULL);
}

static void
test_session (void)
{
  WsoupServer *server = server_new (NULL);
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (GString) sent = g_string_new (NULL);
  WsoupSessionFeature *jar;
  GSList *cookies;
  guint i;

  wsoup_server_add_handler (server, NULL, set_cookie, sent, NULL);
  wsoup_session_add_feature_by_type (session, WSOUP_TYPE_COOKIE_JAR);
  for (i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsoupMessage) message = message_to (server, "/");
      if (i == 2)
        wsoup_message_disable_feature (message, WSOUP_TYPE_COOKIE_JAR);
      g_assert_null (connect_and_wait (session, message, NULL, NULL, &error));
    }
  g_assert_cmpstr (sent->str, ==, "[(null)][a=1; b=2][(null)]");
  jar = wsoup_session_get_feature (session, WSOUP_TYPE_COOKIE_JAR);
  cookies = wsoup_cookie_jar_all_cookies (WSOUP_COOKIE_JAR (jar));
  g_assert_cmpuint (g_slist_length (cookies), ==, 2);
  g_assert_cmpstr (wsoup_cookie_get_domain (cookies->data), ==, "127.0.0.1");
  g_slist_free_full (cookies, (GDestroyNotify) wsoup_cookie_free);
  wsoup_server_disconnect (server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (server);
}

static void
test_cookie (void)
{
  g_autoptr (GUri) origin = g_uri_parse ("wss://www.example.com/a/b", G_URI_FLAGS_NONE, NULL);
  g_autoptr (WsoupCookie) cookie =
    wsoup_cookie_parse ("a=b; Domain=example.com; Secure; HttpOnly", origin);
  g_autoptr (WsoupCookie) copy = wsoup_cookie_copy (cookie);
  g_autoptr (GDateTime) end = g_date_time_new_utc (2100, 6, 9, 10, 18, 14);
  g_autofree char *header = NULL, *set_header = NULL;

  g_assert_cmpstr (wsoup_cookie_get_name (cookie), ==, "a");
  g_assert_cmpstr (wsoup_cookie_get_value (cookie), ==, "b");
  g_assert_cmpstr (wsoup_cookie_get_domain (cookie), ==, ".example.com");
  g_assert_cmpstr (wsoup_cookie_get_path (cookie), ==, "/a");
  g_assert_null (wsoup_cookie_get_expires (cookie));
  g_assert_true (wsoup_cookie_get_secure (cookie) && wsoup_cookie_get_http_only (cookie));

  wsoup_cookie_set_expires (copy, end);
  wsoup_cookie_set_secure (copy, FALSE);
  wsoup_cookie_set_http_only (copy, FALSE);
  g_assert_true (g_date_time_equal (wsoup_cookie_get_expires (copy), end));
  g_assert_false (wsoup_cookie_get_secure (copy) || wsoup_cookie_get_http_only (copy));
  g_assert_true (wsoup_cookie_get_secure (cookie));
  g_assert_true (wsoup_cookie_equal (cookie, copy));
  header = wsoup_cookie_to_cookie_header (copy);
  g_assert_cmpstr (header, ==, "a=b");
  set_header = wsoup_cookie_to_set_cookie_header (copy);
  g_assert_cmpstr (set_header, ==,
                   "a=b; expires=Wed, 09 Jun 2100 10:18:14 GMT; path=/a; domain=.example.com");
  g_assert_null (wsoup_cookie_parse ("a=b; Domain=co.uk", origin));
}

static void
test_wrong_arguments (void)
{
  g_autoptr (WsoupCookieJar) jar = wsoup_cookie_jar_new ();
  g_autoptr (WsoupCookie) nobodys = wsoup_cookie_parse ("a=b", NULL);

  g_assert_null (wsoup_cookie_get_domain (nobodys));
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*needs a domain*");
  wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_copy (nobodys));
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*control character*");
  g_assert_null (wsoup_cookie_new ("a", "b\r\nX: y", "example.com", "/", -1));
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*value != NULL*");
  g_assert_null (wsoup_cookie_new ("a", NULL, "example.com", "/", -1));
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*cookie != NULL*");
  wsoup_cookie_jar_add_cookie (jar, NULL);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*WsoupCookieJarAcceptPolicy*");
  wsoup_cookie_jar_set_accept_policy (jar, 4);
  g_test_assert_expected_messages ();
  g_assert_null (wsoup_cookie_jar_all_cookies (jar));
  g_assert_cmpint (wsoup_cookie_jar_get_accept_policy (jar), ==, WSOUP_COOKIE_JAR_ACCEPT_ALWAYS);
}

/* A jar that notes what changes before anybody else does. */
#define TEST_TYPE_JAR (test_jar_get_type ())
G_DECLARE_FINAL_TYPE (TestJar, test_jar, TEST, JAR, WsoupCookieJar)

struct _TestJar
{
  WsoupCookieJar parent_instance;
  GString *notes;
};

G_DEFINE_TYPE (TestJar, test_jar, WSOUP_TYPE_COOKIE_JAR)

static void
note (GString *notes, WsoupCookie *old_cookie, WsoupCookie *new_cookie)
{
  g_string_append_printf (notes, "%s>%s ", old_cookie ? wsoup_cookie_get_value (old_cookie) : "",
                          new_cookie ? wsoup_cookie_get_value (new_cookie) : "");
}

static void
test_jar_changed (WsoupCookieJar *jar, WsoupCookie *old_cookie, WsoupCookie *new_cookie)
{
  note (TEST_JAR (jar)->notes, old_cookie, new_cookie);
}

static void
test_jar_finalize (GObject *object)
{
  g_string_free (TEST_JAR (object)->notes, TRUE);
  G_OBJECT_CLASS (test_jar_parent_class)->finalize (object);
}

static void
test_jar_class_init (TestJarClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_jar_finalize;
  WSOUP_COOKIE_JAR_CLASS (klass)->changed = test_jar_changed;
}

static void
test_jar_init (TestJar *self)
{
  self->notes = g_string_new (NULL);
}

static void
on_changed (TestJar *jar, WsoupCookie *old_cookie, WsoupCookie *new_cookie, GString *notes)
{
  g_assert_cmpuint (jar->notes->len, >, notes->len);
  note (notes, old_cookie, new_cookie);
}

static void
test_changed (void)
{
  WsoupCookieJar *jar = g_object_new (TEST_TYPE_JAR, NULL);
  g_autoptr (WsoupCookie) last = wsoup_cookie_new ("a", "3", "example.com", "/", -1);
  g_autoptr (GString) notes = g_string_new (NULL);

  g_signal_connect (jar, "changed", G_CALLBACK (on_changed), notes);
  wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_new ("a", "1", "example.com", "/", -1));
  wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_new ("a", "2", "example.com", "/", 100));
  wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_new ("a", "2", "example.com", "/", 0));
  wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_copy (last));
  wsoup_cookie_jar_delete_cookie (jar, last);
  g_assert_cmpstr (notes->str, ==, ">1 1>2 2> >3 3> ");
  g_assert_cmpstr (TEST_JAR (jar)->notes->str, ==, notes->str);
  g_assert_finalize_object (jar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cookies/a-session-keeps-and-sends-them", test_session);
  g_test_add_func ("/cookies/have-parts", test_cookie);
  g_test_add_func ("/cookies/wrong-arguments-change-nothing", test_wrong_arguments);
  g_test_add_func ("/cookies/a-derived-jar-learns-of-changes-first", test_changed);
  return g_test_run ();
}
