/* What a session promises about opening a connection: subprotocols, TLS, Unix sockets, and an
 * error that tells what went wrong when it cannot. */
#include "support.h"

typedef struct
{
  WsoupServer *server;
  WsoupSession *session;
  WsoupMessage *message;
  End *peer;
} Fixture;

static const char *protocols_of_server[] = { "chat.v2", "chat.v1", NULL };

/* The server answers /echo to everybody, /chat with subprotocols, /private for one origin. */
static void
fixture_open (Fixture *fixture, gconstpointer path)
{
  fixture->server = server_new (NULL);
  fixture->session = wsoup_session_new ();
  wsoup_server_add_websocket_handler (fixture->server, "/echo", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
  wsoup_server_add_websocket_handler (fixture->server, "/chat", NULL, (char **) protocols_of_server,
                                      keep_peer, &fixture->peer, NULL);
  wsoup_server_add_websocket_handler (fixture->server, "/private", "http://friend.invalid", NULL,
                                      keep_peer, &fixture->peer, NULL);
  fixture->message = message_to (fixture->server, path);
}

static void
fixture_close (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_clear_pointer (&fixture->peer, end_free);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->message);
  g_assert_finalize_object (fixture->session);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->server);
}

/* Exchanges a message over the connection, closes it, and lets it go. */
static void
use_and_close (WsoupWebsocketConnection *connection, End **peer)
{
  End *client = end_new (connection);

  wait_for (*peer);
  wsoup_websocket_connection_send_text (connection, "over there");
  wait_for ((*peer)->messages->len == 1);
  assert_message (*peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "over there", 10);
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (client) && end_is_closed (*peer));
  dispatch_what_is_ready ();
  end_free (client);
}

static void
test_connect (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection =
    connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (wsoup_websocket_connection_get_state (connection), ==,
                   WSOUP_WEBSOCKET_STATE_OPEN);
  g_assert_cmpint (wsoup_message_get_status (fixture->message), ==,
                   WSOUP_STATUS_SWITCHING_PROTOCOLS);
  use_and_close (connection, &fixture->peer);
}

static void
test_protocol (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  const char *wanted[] = { "chat.v0", "chat.v1", "chat.v2", NULL };
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection =
    connect_and_wait (fixture->session, fixture->message, NULL, wanted, &error);
  const char *chosen;

  g_assert_no_error (error);
  wait_for (fixture->peer);
  chosen = wsoup_websocket_connection_get_protocol (connection);
  g_assert_true (g_strv_contains (protocols_of_server, chosen));
  g_assert_cmpstr (wsoup_websocket_connection_get_protocol (fixture->peer->connection), ==, chosen);
  use_and_close (connection, &fixture->peer);
}

static void
test_no_common_protocol (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  const char *wanted[] = { "other", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_and_wait (fixture->session, fixture->message, NULL, wanted, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  g_assert_cmpint (wsoup_message_get_status (fixture->message), ==, WSOUP_STATUS_BAD_REQUEST);
  g_assert_null (fixture->peer);
}

static void
test_origin (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection = connect_and_wait (
    fixture->session, fixture->message, "http://friend.invalid", NULL, &error);

  g_assert_no_error (error);
  wait_for (fixture->peer);
  g_assert_cmpstr (wsoup_websocket_connection_get_origin (connection), ==, "http://friend.invalid");
  g_assert_cmpstr (wsoup_websocket_connection_get_origin (fixture->peer->connection), ==,
                   "http://friend.invalid");
  use_and_close (connection, &fixture->peer);
}

static void
test_wrong_origin (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_and_wait (fixture->session, fixture->message, "http://foe.invalid", NULL,
                                   &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  g_assert_cmpint (wsoup_message_get_status (fixture->message), ==, WSOUP_STATUS_FORBIDDEN);
  g_assert_null (fixture->peer);
}

static void
refuse (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
        const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
        gpointer data G_GNUC_UNUSED)
{
  wsoup_message_headers_append (wsoup_server_message_get_response_headers (message), "X-Why",
                                "not today");
  wsoup_server_message_set_status (message, WSOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
}

static void
test_refused (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  wsoup_server_add_handler (fixture->server, "/refused", refuse, NULL, NULL);
  g_assert_null (connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  g_assert_cmpint (wsoup_message_get_status (fixture->message), ==,
                   WSOUP_STATUS_SERVICE_UNAVAILABLE);
  g_assert_cmpstr (wsoup_message_headers_get_one (
                     wsoup_message_get_response_headers (fixture->message), "x-why"),
                   ==, "not today");
}

static void
test_not_found (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  g_assert_cmpint (wsoup_message_get_status (fixture->message), ==, WSOUP_STATUS_NOT_FOUND);
}

static void
keep_header (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
             const char *path G_GNUC_UNUSED, WsoupWebsocketConnection *connection, gpointer data)
{
  WsoupMessageHeaders *headers = wsoup_server_message_get_request_headers (message);
  char **value = data;

  *value = g_strdup (wsoup_message_headers_get_one (headers, "X-Token"));
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
test_own_header (Fixture *fixture, gconstpointer path G_GNUC_UNUSED)
{
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  End *client;

  wsoup_server_add_websocket_handler (fixture->server, "/header", NULL, NULL, keep_header, &value,
                                      NULL);
  wsoup_message_headers_append (wsoup_message_get_request_headers (fixture->message), "X-Token",
                                "s3cret");
  client =
    end_new (connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error));
  g_assert_no_error (error);
  wait_for (end_is_closed (client));
  g_assert_cmpstr (value, ==, "s3cret");
  dispatch_what_is_ready ();
  end_free (client);
}

/* --- TLS ----------------------------------------------------------------------------------- */

typedef struct
{
  char *folder;
  WsoupServer *server;
  WsoupSession *session;
  WsoupMessage *message;
  End *peer;
} TlsFixture;

static void
tls_open (TlsFixture *fixture, gconstpointer certificate_name)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  fixture->folder = certificates_make ();
  certificate = certificate_load (fixture->folder, certificate_name);
  fixture->server = server_new (certificate);
  wsoup_server_add_websocket_handler (fixture->server, "/echo", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
  fixture->session = wsoup_session_new ();
  fixture->message = message_to (fixture->server, "/echo");
}

static void
tls_close (TlsFixture *fixture, gconstpointer certificate_name G_GNUC_UNUSED)
{
  g_clear_pointer (&fixture->peer, end_free);
  dispatch_what_is_ready ();
  let_go (fixture->message);
  let_go (fixture->session);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  let_go (fixture->server);
  folder_remove (fixture->folder);
}

static void
trust_the_authority (TlsFixture *fixture)
{
  g_autofree char *authority = g_build_filename (fixture->folder, "ca.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (authority, &error);

  g_assert_no_error (error);
  wsoup_session_set_tls_database (fixture->session, database);
}

static void
test_tls_trusted (TlsFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection;

  trust_the_authority (fixture);
  connection = connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (wsoup_message_get_tls_peer_certificate (fixture->message));
  g_assert_cmpint (wsoup_message_get_tls_peer_certificate_errors (fixture->message), ==, 0);
  use_and_close (connection, &fixture->peer);
}

static gboolean
decide_about_certificate (WsoupMessage *message G_GNUC_UNUSED, GTlsCertificate *certificate,
                          GTlsCertificateFlags errors, gpointer accept)
{
  g_assert_true (G_IS_TLS_CERTIFICATE (certificate));
  g_assert_true (errors & G_TLS_CERTIFICATE_UNKNOWN_CA);
  return GPOINTER_TO_INT (accept);
}

static void
test_tls_accepted (TlsFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection;

  g_signal_connect (fixture->message, "accept-certificate", G_CALLBACK (decide_about_certificate),
                    GINT_TO_POINTER (TRUE));
  connection = connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error);
  g_assert_no_error (error);
  use_and_close (connection, &fixture->peer);
}

static void
check_refused_certificate (TlsFixture *fixture, GTlsCertificateFlags expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_and_wait (fixture->session, fixture->message, NULL, NULL, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_true (wsoup_message_get_tls_peer_certificate_errors (fixture->message) & expected);
  g_assert_null (fixture->peer);
}

static void
test_tls_unknown_authority (TlsFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  check_refused_certificate (fixture, G_TLS_CERTIFICATE_UNKNOWN_CA);
}

static void
test_tls_declined (TlsFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect (fixture->message, "accept-certificate", G_CALLBACK (decide_about_certificate),
                    GINT_TO_POINTER (FALSE));
  check_refused_certificate (fixture, G_TLS_CERTIFICATE_UNKNOWN_CA);
}

static void
test_tls_wrong_name (TlsFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  trust_the_authority (fixture);
  check_refused_certificate (fixture, G_TLS_CERTIFICATE_BAD_IDENTITY);
}

/* --- Other addresses ----------------------------------------------------------------------- */

static void
test_unix_socket (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("wsoup-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  WsoupSession *session = g_object_new (WSOUP_TYPE_SESSION, "remote-connectable", address, NULL);
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", "ws://localhost/echo");
  WsoupWebsocketConnection *connection;
  End *peer = NULL;

  wsoup_server_listen (server, address, (WsoupServerListenOptions) 0, &error);
  g_assert_no_error (error);
  wsoup_server_add_websocket_handler (server, NULL, NULL, NULL, keep_peer, &peer, NULL);
  connection = connect_and_wait (session, message, NULL, NULL, &error);
  g_assert_no_error (error);
  use_and_close (connection, &peer);
  end_free (peer);
  g_assert_finalize_object (session);
  wsoup_server_disconnect (server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (server);
  folder_remove (folder);
}

static void
check_failure (const char *uri, GQuark domain, int code)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", uri);
  g_autoptr (GError) error = NULL;

  g_assert_null (connect_and_wait (session, message, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpstr (g_quark_to_string (error->domain), ==, g_quark_to_string (domain));
  if (code >= 0)
    g_assert_cmpint (error->code, ==, code);
  g_assert_cmpint (wsoup_message_get_status (message), ==, WSOUP_STATUS_NONE);
}

/* A socket on 127.0.0.1 that has a port, so that nobody else gets it. */
static GSocket *
bound_socket (char **uri)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *uri = g_strdup_printf ("ws://127.0.0.1:%u/",
                          g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return socket;
}

static void
test_unreachable (void)
{
  g_autofree char *uri = NULL;
  g_autoptr (GSocket) never_listening = bound_socket (&uri);

  check_failure (uri, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* Which error it is depends on whether there is a network; RFC 2606 §2 keeps the name free. */
static void
test_wrong_host (void)
{
  check_failure ("ws://no-such-host.invalid/", G_RESOLVER_ERROR, -1);
}

/* --- Cancelling ---------------------------------------------------------------------------- */

static void
on_accepted (GObject *listener, GAsyncResult *result, gpointer data)
{
  GSocketConnection **accepted = data;

  *accepted = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL, NULL);
}

static void
test_cancelled (gconstpointer when)
{
  gboolean cancel_first = g_str_equal (when, "before");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  g_autofree char *uri = NULL;
  g_autoptr (GSocket) socket = bound_socket (&uri);
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", uri);
  WsoupSession *session = wsoup_session_new ();
  g_autoptr (GSocketConnection) accepted = NULL;
  Outcome outcome = { NULL, NULL };

  g_assert_true (g_socket_listen (socket, NULL));
  g_assert_true (g_socket_listener_add_socket (silent, socket, NULL, NULL));
  if (cancel_first)
    g_cancellable_cancel (cancellable);
  else
    g_socket_listener_accept_async (silent, NULL, on_accepted, &accepted);
  wsoup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                         cancellable, on_connected, &outcome);
  if (!cancel_first)
    {
      wait_for (accepted);
      dispatch_what_is_ready ();
      g_assert_no_error (outcome.error);
      g_cancellable_cancel (cancellable);
    }
  wait_for (outcome.error);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (outcome.error);
  dispatch_what_is_ready ();
  g_assert_finalize_object (session);
}

#define ADD(name, path, function)                                                               \
  g_test_add ("/session/" name, Fixture, path, fixture_open, function, fixture_close)
#define ADD_TLS(name, certificate, function)                                                    \
  g_test_add ("/session/tls/" name, TlsFixture, certificate, tls_open, function, tls_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("connects", "/echo", test_connect);
  ADD ("agrees-on-a-subprotocol", "/chat", test_protocol);
  ADD ("no-common-subprotocol-is-refused", "/chat", test_no_common_protocol);
  ADD ("sends-the-origin", "/private", test_origin);
  ADD ("sends-headers-of-the-message", "/header", test_own_header);
  ADD ("refused/wrong-origin-is-403", "/private", test_wrong_origin);
  ADD ("refused/no-handler-is-404", "/nothing", test_not_found);
  ADD ("refused/status-and-headers-stay-readable", "/refused", test_refused);
  ADD_TLS ("trusted-by-database", "server.pem", test_tls_trusted);
  ADD_TLS ("accepted-by-signal", "server.pem", test_tls_accepted);
  ADD_TLS ("unknown-authority-is-refused", "server.pem", test_tls_unknown_authority);
  ADD_TLS ("declined-by-signal", "server.pem", test_tls_declined);
  ADD_TLS ("wrong-name-is-refused", "stranger.pem", test_tls_wrong_name);
  g_test_add_func ("/session/unix-socket", test_unix_socket);
  g_test_add_func ("/session/unreachable-port", test_unreachable);
  g_test_add_func ("/session/wrong-host", test_wrong_host);
  g_test_add_data_func ("/session/cancelled/before", "before", test_cancelled);
  g_test_add_data_func ("/session/cancelled/while-waiting", "while", test_cancelled);
  return g_test_run ();
}
