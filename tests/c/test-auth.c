/* What HTTP authentication promises in C: domains made with properties or with functions, classes
 * derived from the two abstract ones, and data of callbacks that is freed once. */
#include "support.h"

#define ALADDIN "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="

/* --- A domain and an auth of a scheme of one's own ------------------------------------------ */

typedef struct
{
  WsoupAuthDomain parent_instance;
} Bearer;

typedef WsoupAuthDomainClass BearerClass;

static GType bearer_get_type (void);
G_DEFINE_TYPE (Bearer, bearer, WSOUP_TYPE_AUTH_DOMAIN)

static char *
bearer_accepts (WsoupAuthDomain *domain, WsoupServerMessage *message, const char *header)
{
  g_assert_true (WSOUP_IS_AUTH_DOMAIN (domain));
  g_assert_true (WSOUP_IS_SERVER_MESSAGE (message));
  return g_str_equal (header, "Bearer 1234") ? g_strdup ("somebody") : NULL;
}

static char *
bearer_challenge (WsoupAuthDomain *domain, WsoupServerMessage *message G_GNUC_UNUSED)
{
  return g_strdup_printf ("Bearer realm=\"%s\"", wsoup_auth_domain_get_realm (domain));
}

static void
bearer_class_init (BearerClass *klass)
{
  WsoupAuthDomainClass *domain_class = WSOUP_AUTH_DOMAIN_CLASS (klass);

  domain_class->accepts = bearer_accepts;
  domain_class->challenge = bearer_challenge;
}

static void
bearer_init (Bearer *self G_GNUC_UNUSED)
{
}

typedef struct
{
  WsoupAuth parent_instance;
  char *username;
} Token;

typedef WsoupAuthClass TokenClass;

static GType token_get_type (void);
G_DEFINE_TYPE (Token, token, WSOUP_TYPE_AUTH)

static void
token_authenticate (WsoupAuth *auth, const char *username, const char *password)
{
  Token *token = (Token *) auth;

  g_assert_cmpstr (password, ==, "open sesame");
  g_free (token->username);
  token->username = g_strdup (username);
}

static gboolean
token_is_authenticated (WsoupAuth *auth)
{
  return ((Token *) auth)->username != NULL;
}

static void
token_finalize (GObject *object)
{
  g_free (((Token *) object)->username);
  G_OBJECT_CLASS (token_parent_class)->finalize (object);
}

static void
token_class_init (TokenClass *klass)
{
  WsoupAuthClass *auth_class = WSOUP_AUTH_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = token_finalize;
  auth_class->scheme_name = "Token";
  auth_class->authenticate = token_authenticate;
  auth_class->is_authenticated = token_is_authenticated;
}

static void
token_init (Token *self G_GNUC_UNUSED)
{
}

/* --- A server to ask ------------------------------------------------------------------------ */

typedef struct
{
  WsoupServer *server;
  WsoupSession *session;
  End *peer;
} Fixture;

static void
fixture_open (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->server = server_new (NULL);
  fixture->session = wsoup_session_new ();
  wsoup_server_add_websocket_handler (fixture->server, "/echo", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
}

static void
fixture_close (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_null (fixture->peer);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->session);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->server);
}

/* Connects with credentials, and returns the status of the answer. */
static guint
ask (Fixture *fixture, const char *credentials)
{
  g_autoptr (WsoupMessage) message = message_to (fixture->server, "/echo");
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection;
  End *client;

  if (credentials)
    wsoup_message_headers_append (wsoup_message_get_request_headers (message), "Authorization",
                                  credentials);
  connection = connect_and_wait (fixture->session, message, NULL, NULL, &error);
  if (!connection)
    return wsoup_message_get_status (message);
  client = end_new (connection);
  wait_for (fixture->peer);
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (client) && end_is_closed (fixture->peer));
  dispatch_what_is_ready ();
  end_free (client);
  g_clear_pointer (&fixture->peer, end_free);
  return wsoup_message_get_status (message);
}

static gboolean
check_aladdin (WsoupAuthDomain *domain, WsoupServerMessage *message, const char *username,
               const char *password, gpointer data)
{
  g_assert_true (WSOUP_IS_AUTH_DOMAIN_BASIC (domain));
  g_assert_true (WSOUP_IS_SERVER_MESSAGE (message));
  g_assert_cmpstr (data, ==, "data");
  return g_str_equal (username, "Aladdin") && g_str_equal (password, "open sesame");
}

static gboolean
check_by_password (WsoupAuthDomain *domain, WsoupServerMessage *message, const char *username,
                   gpointer data)
{
  g_assert_cmpstr (username, ==, "Aladdin");
  return wsoup_auth_domain_check_password (domain, message, username, data);
}

static gboolean
let_all_pass (WsoupAuthDomain *domain G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
              gpointer data)
{
  g_assert_cmpstr (data, ==, "data");
  return FALSE;
}

static char *
know_nobody (WsoupAuthDomain *domain G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
             const char *username G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  return NULL;
}

static void
test_properties (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (WsoupAuthDomain) domain = wsoup_auth_domain_basic_new (
    "realm", "r", "auth-callback", check_aladdin, "auth-data", "data", NULL);
  g_autofree char *realm = NULL;
  gpointer callback, filter;

  wsoup_auth_domain_add_path (domain, "/echo");
  wsoup_server_add_auth_domain (fixture->server, domain);
  g_assert_cmpuint (ask (fixture, NULL), ==, WSOUP_STATUS_UNAUTHORIZED);
  g_assert_cmpuint (ask (fixture, "Basic QWxhZGRpbjp3cm9uZw=="), ==, WSOUP_STATUS_UNAUTHORIZED);
  g_assert_cmpuint (ask (fixture, ALADDIN), ==, WSOUP_STATUS_SWITCHING_PROTOCOLS);

  g_object_set (domain, "filter", let_all_pass, "filter-data", "data", NULL);
  g_assert_cmpuint (ask (fixture, NULL), ==, WSOUP_STATUS_SWITCHING_PROTOCOLS);
  g_object_get (domain, "realm", &realm, "auth-callback", &callback, "filter", &filter, NULL);
  g_assert_cmpstr (realm, ==, "r");
  g_assert_true (callback == (gpointer) check_aladdin && filter == (gpointer) let_all_pass);

  g_object_set (domain, "filter", NULL, NULL);
  g_assert_cmpuint (ask (fixture, NULL), ==, WSOUP_STATUS_UNAUTHORIZED);
  wsoup_server_remove_auth_domain (fixture->server, domain);
  g_assert_cmpuint (ask (fixture, NULL), ==, WSOUP_STATUS_SWITCHING_PROTOCOLS);
}

static void
test_generic_callback (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (WsoupAuthDomain) domain = wsoup_auth_domain_basic_new ("realm", "r", NULL);

  wsoup_auth_domain_add_path (domain, "/");
  wsoup_server_add_auth_domain (fixture->server, domain);
  wsoup_auth_domain_set_generic_auth_callback (domain, check_by_password, (gpointer) "wrong", NULL);
  g_assert_cmpuint (ask (fixture, ALADDIN), ==, WSOUP_STATUS_UNAUTHORIZED);
  wsoup_auth_domain_set_generic_auth_callback (domain, check_by_password, (gpointer) "open sesame",
                                               NULL);
  g_assert_cmpuint (ask (fixture, ALADDIN), ==, WSOUP_STATUS_SWITCHING_PROTOCOLS);
}

static void
test_derived_domain (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (WsoupAuthDomain) domain = g_object_new (bearer_get_type (), "realm", "mine", NULL);

  wsoup_auth_domain_add_path (domain, "/echo");
  wsoup_server_add_auth_domain (fixture->server, domain);
  g_assert_cmpuint (ask (fixture, NULL), ==, WSOUP_STATUS_UNAUTHORIZED);
  g_assert_cmpuint (ask (fixture, "Bearer 123"), ==, WSOUP_STATUS_UNAUTHORIZED);
  g_assert_cmpuint (ask (fixture, "Bearer 1234"), ==, WSOUP_STATUS_SWITCHING_PROTOCOLS);
}

static void
count (gpointer data)
{
  ++*(guint *) data;
}

static void
note_property (GObject *object G_GNUC_UNUSED, GParamSpec *property, GString *changed)
{
  g_string_append_printf (changed, "%s ", property->name);
}

static void
test_destroy_notify (void)
{
  guint freed[3] = { 0, 0, 0 };
  g_autoptr (GString) changed = g_string_new (NULL);
  WsoupAuthDomain *domain = wsoup_auth_domain_digest_new (NULL, NULL);

  g_signal_connect (domain, "notify", G_CALLBACK (note_property), changed);
  wsoup_auth_domain_set_filter (domain, let_all_pass, &freed[0], count);
  wsoup_auth_domain_set_generic_auth_callback (domain, check_by_password, &freed[1], count);
  wsoup_auth_domain_digest_set_auth_callback (domain, know_nobody, &freed[2], count);
  g_assert_cmpstr (changed->str, ==, "filter filter-data generic-auth-callback generic-auth-data "
                                     "auth-callback auth-data ");
  g_assert_cmpuint (freed[0] + freed[1] + freed[2], ==, 0);
  wsoup_auth_domain_set_filter (domain, NULL, NULL, NULL);
  g_assert_cmpuint (freed[0], ==, 1);
  g_assert_finalize_object (domain);
  for (guint i = 0; i < G_N_ELEMENTS (freed); i++)
    g_assert_cmpuint (freed[i], ==, 1);
}

/* The example of RFC 2617 §3.5, whose A1 RFC 7616 has not changed. */
static void
test_encode_password (void)
{
  g_autofree char *encoded =
    wsoup_auth_domain_digest_encode_password ("Mufasa", "testrealm@host.com", "Circle Of Life");

  g_assert_cmpstr (encoded, ==, "939e7578ed9e3c518a452acee763bce9");
}

static gboolean
answer (WsoupMessage *message, WsoupAuth *auth, gboolean retrying, gpointer data)
{
  g_assert_true (WSOUP_IS_MESSAGE (message));
  g_assert_true (retrying);
  wsoup_auth_authenticate (auth, data, "open sesame");
  return TRUE;
}

static void
test_derived_auth (void)
{
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", "ws://host.invalid/");
  g_autoptr (WsoupAuth) auth = g_object_new (token_get_type (), "realm", "r", "authority",
                                             "host.invalid:80", "is-for-proxy", TRUE, NULL);
  gboolean handled = FALSE;

  g_assert_cmpstr (wsoup_auth_get_scheme_name (auth), ==, "Token");
  g_assert_cmpstr (wsoup_auth_get_realm (auth), ==, "r");
  g_assert_cmpstr (wsoup_auth_get_authority (auth), ==, "host.invalid:80");
  g_assert_true (wsoup_auth_is_for_proxy (auth));
  g_assert_false (wsoup_auth_is_authenticated (auth));
  g_signal_emit_by_name (message, "authenticate", auth, TRUE, &handled);
  g_assert_false (handled);
  g_signal_connect (message, "authenticate", G_CALLBACK (answer), (gpointer) "Aladdin");
  g_signal_emit_by_name (message, "authenticate", auth, TRUE, &handled);
  g_assert_true (handled && wsoup_auth_is_authenticated (auth));
  g_assert_cmpstr (((Token *) auth)->username, ==, "Aladdin");
  wsoup_auth_cancel (auth);
  g_assert_true (wsoup_auth_is_cancelled (auth) && !wsoup_auth_is_authenticated (auth));
}

static void
test_mistakes (void)
{
  g_autoptr (WsoupAuthDomain) basic = wsoup_auth_domain_basic_new (NULL, NULL);
  guint freed = 0;

  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL,
                         "*digest_set_auth_callback: assertion 'WSOUP_IS_AUTH_DOMAIN_DIGEST*");
  wsoup_auth_domain_digest_set_auth_callback (basic, know_nobody, &freed, count);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*add_path: assertion 'path != NULL*");
  wsoup_auth_domain_add_path (basic, NULL);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL,
                         "*add_auth_domain: assertion 'WSOUP_IS_SERVER*");
  wsoup_server_add_auth_domain (NULL, basic);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*authenticate: assertion 'WSOUP_IS_AUTH*");
  wsoup_auth_authenticate ((gpointer) basic, "a", "b");
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*accepts: assertion 'WSOUP_IS_SERVER_M*");
  g_assert_null (wsoup_auth_domain_accepts (basic, NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (freed, ==, 0);
}

#define ADD(name, function)                                                                     \
  g_test_add ("/auth/" name, Fixture, NULL, fixture_open, function, fixture_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("callbacks-can-be-properties", test_properties);
  ADD ("a-generic-callback-checks-the-password", test_generic_callback);
  ADD ("a-derived-domain-decides", test_derived_domain);
  g_test_add_func ("/auth/callback-data-is-destroyed-once", test_destroy_notify);
  g_test_add_func ("/auth/passwords-are-encoded-as-digest-has-it", test_encode_password);
  g_test_add_func ("/auth/a-derived-auth-is-answered", test_derived_auth);
  g_test_add_func ("/auth/wrong-arguments-are-criticals", test_mistakes);
  return g_test_run ();
}
