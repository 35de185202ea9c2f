/* What a server promises: it answers plain HTTP requests, upgrades those that ask for it properly,
 * and says what is wrong with the others. Requests are written by hand here. */
#include "support.h"

typedef struct
{
  WsoupServer *server;
  End *peer;
} Fixture;

static void
say_hello (WsoupServer *server, WsoupServerMessage *message, const char *path, GHashTable *query,
           gpointer data)
{
  const char *name = query ? g_hash_table_lookup (query, "name") : NULL;
  g_autofree char *text = g_strdup_printf ("%s, %s!", (const char *) data, name ? name : "you");

  g_assert_true (WSOUP_IS_SERVER (server));
  g_assert_cmpstr (path, ==, "/hello");
  g_assert_cmpstr (wsoup_server_message_get_method (message), ==, "GET");
  wsoup_server_message_set_status (message, WSOUP_STATUS_OK, NULL);
  wsoup_server_message_set_response (message, "text/plain", WSOUP_MEMORY_COPY, text,
                                     strlen (text));
}

static void
fixture_open (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->server = server_new (NULL);
  wsoup_server_add_handler (fixture->server, "/hello", say_hello, (gpointer) "hello", NULL);
  wsoup_server_add_websocket_handler (fixture->server, "/echo", NULL, NULL, keep_peer,
                                      &fixture->peer, NULL);
  wsoup_server_add_websocket_handler (fixture->server, "/private", "http://friend.invalid", NULL,
                                      keep_peer, &fixture->peer, NULL);
}

static void
fixture_close (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_pointer (&fixture->peer, end_free);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->server);
}

typedef struct
{
  GSocketConnection *stream;
  GString *answer;
  char buffer[1024];
  gboolean ended;
} Request;

static void
on_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (length <= 0)
    {
      request->ended = TRUE;
      return;
    }
  g_string_append_len (request->answer, request->buffer, length);
  g_input_stream_read_async (G_INPUT_STREAM (stream), request->buffer, sizeof request->buffer,
                             G_PRIORITY_DEFAULT, NULL, on_read, request);
}

static void
request_open (Request *request, WsoupServer *server, const char *head)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf ("%s\r\nHost: 127.0.0.1\r\n\r\n", head);
  GIOStream *stream;

  request->stream = g_socket_client_connect_to_host (client, "127.0.0.1",
                                                     (guint16) server_port (server), NULL, &error);
  g_assert_no_error (error);
  request->answer = g_string_new (NULL);
  request->ended = FALSE;
  stream = G_IO_STREAM (request->stream);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL,
                             NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream), request->buffer,
                             sizeof request->buffer, G_PRIORITY_DEFAULT, NULL, on_read, request);
}

/* The server may keep the connection, so this ends the request from this side. */
static void
request_close (Request *request)
{
  g_assert_true (
    g_socket_shutdown (g_socket_connection_get_socket (request->stream), TRUE, TRUE, NULL) ||
    request->ended);
  wait_for (request->ended);
  g_object_unref (request->stream);
  g_string_free (request->answer, TRUE);
}

static gboolean
answer_has (Request *request, const char *text)
{
  return strstr (request->answer->str, text) != NULL;
}

/* Sends a request head and waits until the answer begins with this and contains that. */
static void
check_answer (WsoupServer *server, const char *head, const char *status, const char *text)
{
  Request request;

  request_open (&request, server, head);
  wait_for (request.ended || (answer_has (&request, "\r\n\r\n") && answer_has (&request, text)));
  if (!g_str_has_prefix (request.answer->str, status) || !answer_has (&request, text))
    g_error ("wanted %s … %s, got: %s", status, text, request.answer->str);
  request_close (&request);
}

static void
test_get (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  check_answer (fixture->server, "GET /hello HTTP/1.1", "HTTP/1.1 200", "hello, you!");
  check_answer (fixture->server, "GET /hello?name=World HTTP/1.1", "HTTP/1.1 200",
                "hello, World!");
}

static void
test_no_handler (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  check_answer (fixture->server, "GET /nothing HTTP/1.1", "HTTP/1.1 404", "\r\n\r\n");
}

static void
test_remove_handler (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_server_remove_handler (fixture->server, "/hello");
  check_answer (fixture->server, "GET /hello HTTP/1.1", "HTTP/1.1 404", "\r\n\r\n");
}

static void
count_destroy (gpointer data)
{
  (*(int *) data)++;
}

static void
never_called (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
              const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
              gpointer data G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

static void
test_destroy_notify (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  int destroyed = 0;

  wsoup_server_add_handler (server, "/one", never_called, &destroyed, count_destroy);
  wsoup_server_add_websocket_handler (server, "/two", NULL, NULL, keep_peer, &destroyed,
                                      count_destroy);
  wsoup_server_remove_handler (server, "/one");
  g_assert_cmpint (destroyed, ==, 1);
  g_assert_finalize_object (server);
  g_assert_cmpint (destroyed, ==, 2);
}

#define UPGRADE "\r\nUpgrade: websocket\r\nConnection: Upgrade"
#define KEY "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
#define VERSION "\r\nSec-WebSocket-Version: 13"

/* The key and its answer are the example of RFC 6455 §1.3. */
static void
test_upgrade (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Request request;

  request_open (&request, fixture->server, "GET /echo HTTP/1.1" UPGRADE KEY VERSION);
  wait_for (request.ended || answer_has (&request, "\r\n\r\n"));
  g_assert_true (g_str_has_prefix (request.answer->str, "HTTP/1.1 101 "));
  g_assert_true (answer_has (&request, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  wait_for (fixture->peer);
  g_assert_cmpint (wsoup_websocket_connection_get_state (fixture->peer->connection), ==,
                   WSOUP_WEBSOCKET_STATE_OPEN);
  request_close (&request);
  wait_for (end_is_closed (fixture->peer));
  dispatch_what_is_ready ();
}

static void
test_bad_handshakes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *head, *status, *text;
  } cases[] = {
    { "GET /echo HTTP/1.1", "HTTP/1.1 400", "\r\n\r\n" },
    { "GET /echo HTTP/1.1" UPGRADE VERSION, "HTTP/1.1 400", "\r\n\r\n" },
    { "GET /echo HTTP/1.1" UPGRADE VERSION "\r\nSec-WebSocket-Key: short", "HTTP/1.1 400",
      "\r\n\r\n" },
    { "GET /echo HTTP/1.1" UPGRADE KEY "\r\nSec-WebSocket-Version: 8", "HTTP/1.1 426",
      "\r\nSec-WebSocket-Version: 13\r\n" },
    { "POST /echo HTTP/1.1\r\nContent-Length: 0" UPGRADE KEY VERSION, "HTTP/1.1 400", "\r\n\r\n" },
    { "GET /private HTTP/1.1" UPGRADE KEY VERSION "\r\nOrigin: http://foe.invalid", "HTTP/1.1 403",
      "\r\n\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].head);
      check_answer (fixture->server, cases[i].head, cases[i].status, cases[i].text);
    }
  g_assert_null (fixture->peer);
}

static void
test_garbage (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  check_answer (fixture->server, "\x16\x03\x01 no request at all", "HTTP/1.", " 400 ");
  check_answer (fixture->server, "GET /hello HTTP/1.1", "HTTP/1.1 200", "hello, you!");
}

static void
test_uris (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  g_assert_null (wsoup_server_get_uris (server));
  wsoup_server_listen_local (server, 0, WSOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = wsoup_server_get_uris (server);
  g_assert_cmpuint (g_slist_length (uris), ==, 1);
  g_assert_cmpstr (g_uri_get_scheme (uris->data), ==, "http");
  g_assert_cmpstr (g_uri_get_host (uris->data), ==, "127.0.0.1");
  g_assert_cmpint (g_uri_get_port (uris->data), >, 0);
  g_assert_false (wsoup_server_is_https (server));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  wsoup_server_disconnect (server);
  g_assert_null (wsoup_server_get_uris (server));
  dispatch_what_is_ready ();
  g_assert_finalize_object (server);
}

static void
test_port_taken (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  WsoupServer *second = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsoup_server_listen_local (second, server_port (fixture->server),
                                             WSOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_finalize_object (second);
}

static void
test_https_needs_certificate (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsoup_server_listen_local (server, 0, WSOUP_SERVER_LISTEN_HTTPS, &error));
  g_assert_nonnull (error);
  g_assert_finalize_object (server);
}

static void
test_origins (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *origins[] = { "http://friend.invalid", "http://other.invalid", NULL };

  wsoup_server_add_websocket_handler_for_origins (fixture->server, "/some", (char **) origins, NULL,
                                                  keep_peer, &fixture->peer, NULL);
  for (gsize i = 0; origins[i]; i++)
    {
      g_autofree char *head =
        g_strdup_printf ("GET /some HTTP/1.1" UPGRADE KEY VERSION "\r\nOrigin: %s", origins[i]);

      check_answer (fixture->server, head, "HTTP/1.1 101", "\r\n\r\n");
      wait_for (fixture->peer && end_is_closed (fixture->peer));
      g_clear_pointer (&fixture->peer, end_free);
    }
  check_answer (fixture->server,
                "GET /some HTTP/1.1" UPGRADE KEY VERSION "\r\nOrigin: http://foe.invalid",
                "HTTP/1.1 403", "\r\n\r\n");
}

static void
choose_two (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
            const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED,
            gpointer data G_GNUC_UNUSED)
{
  wsoup_message_headers_append (wsoup_server_message_get_response_headers (message),
                                "Sec-WebSocket-Protocol", "two");
}

static void
test_subprotocol (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_server_add_early_handler (fixture->server, "/echo", choose_two, NULL, NULL);
  check_answer (fixture->server,
                "GET /echo HTTP/1.1" UPGRADE KEY VERSION "\r\nSec-WebSocket-Protocol: one, two",
                "HTTP/1.1 101", "\r\nSec-WebSocket-Protocol: two\r\n");
  wait_for (fixture->peer && end_is_closed (fixture->peer));
  g_assert_cmpstr (wsoup_websocket_connection_get_protocol (fixture->peer->connection), ==, "two");
}

#define ADD(name, function)                                                                     \
  g_test_add ("/server/" name, Fixture, NULL, fixture_open, function, fixture_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("plain-request-is-answered", test_get);
  ADD ("no-handler-is-404", test_no_handler);
  ADD ("removed-handler-is-404", test_remove_handler);
  ADD ("proper-handshake-is-accepted", test_upgrade);
  ADD ("bad-handshakes-are-told-why", test_bad_handshakes);
  ADD ("garbage-is-400-and-harms-nobody-else", test_garbage);
  ADD ("handler-takes-clients-of-several-origins", test_origins);
  ADD ("early-handler-chooses-the-subprotocol", test_subprotocol);
  ADD ("port-in-use-is-an-error", test_port_taken);
  g_test_add_func ("/server/handler-data-is-destroyed-once", test_destroy_notify);
  g_test_add_func ("/server/uris-tell-where-it-listens", test_uris);
  g_test_add_func ("/server/https-needs-a-certificate", test_https_needs_certificate);
  return g_test_run ();
}
