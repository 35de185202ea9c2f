/* What an open connection promises: messages arrive as they were sent, both sides can close, and
 * the signals say so in order. */
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

static void
echo_and_check (Pair *pair, WsoupWebsocketDataType type, gconstpointer data, gsize length)
{
  g_autoptr (GBytes) message = g_bytes_new (data, length);
  guint index = pair->client->messages->len;

  wsoup_websocket_connection_send_message (pair->client->connection, type, message);
  wait_for (pair->client->messages->len > index);
  assert_message (pair->peer, index, type, data, length);
  assert_message (pair->client, index, type, data, length);
}

static void
test_echo (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_send_text (pair->client->connection, "hello");
  wait_for (pair->client->messages->len == 1);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "hello", 5);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, "hello", 5);
}

static void
test_text_nuls (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  static const char text[] = "\0one\0two\0";

  echo_and_check (pair, WSOUP_WEBSOCKET_DATA_TEXT, text, sizeof text - 1);
}

static void
test_text_unicode (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  static const char text[] = "γειά σου, 世界, 🦀";

  wsoup_websocket_connection_send_text (pair->client->connection, text);
  wait_for (pair->client->messages->len == 1);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, text, strlen (text));
}

static void
test_text_terminated (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  const char *got;

  wsoup_websocket_connection_send_text (pair->client->connection, "twelve bytes");
  wait_for (pair->client->messages->len == 1);
  got = g_bytes_get_data (g_ptr_array_index (pair->client->messages, 0), NULL);
  g_assert_cmpint (got[12], ==, '\0');
}

static void
note_swapped (GPtrArray *notes, gint type, GBytes *message, WsoupWebsocketConnection *connection)
{
  g_assert_cmpint (type, ==, WSOUP_WEBSOCKET_DATA_TEXT);
  g_assert_true (WSOUP_IS_WEBSOCKET_CONNECTION (connection));
  g_ptr_array_add (notes, g_bytes_ref (message));
}

static void
test_swapped_handler (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_signal_connect_swapped (pair->client->connection, "message", G_CALLBACK (note_swapped), notes);
  wsoup_websocket_connection_send_text (pair->client->connection, "both");
  wait_for (notes->len == 1 && pair->client->messages->len == 1);
  g_assert_true (notes->pdata[0] == pair->client->messages->pdata[0]);
  g_signal_handlers_disconnect_by_data (pair->client->connection, notes);
}

static void
test_binary (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  guint8 every_byte[256];

  for (gsize i = 0; i < sizeof every_byte; i++)
    every_byte[i] = (guint8) i;
  wsoup_websocket_connection_send_binary (pair->client->connection, every_byte, sizeof every_byte);
  wait_for (pair->client->messages->len == 1);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_BINARY, every_byte, sizeof every_byte);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_BINARY, every_byte, sizeof every_byte);
}

static void
test_empty (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *client = pair->client->connection;

  wsoup_websocket_connection_send_text (client, "");
  wsoup_websocket_connection_send_binary (client, NULL, 0);
  echo_and_check (pair, WSOUP_WEBSOCKET_DATA_TEXT, "", 0);
  wait_for (pair->client->messages->len == 3);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, "", 0);
  assert_message (pair->client, 1, WSOUP_WEBSOCKET_DATA_BINARY, "", 0);
  echo_and_check (pair, WSOUP_WEBSOCKET_DATA_BINARY, "", 0);
}

/* Every length at which the frame header changes its form, RFC 6455 §5.2. */
static void
test_lengths (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  static const gsize lengths[] = { 1, 125, 126, 127, 65535, 65536, 65537 };
  g_autofree char *text = g_strnfill (65537, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    echo_and_check (pair, WSOUP_WEBSOCKET_DATA_TEXT, text, lengths[i]);
}

static void
test_large (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *ends[] = { pair->client->connection, pair->peer->connection };
  gsize length = 16 * MIB;
  g_autofree guint8 *message = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    message[i] = (guint8) (i ^ i >> 8 ^ i >> 16);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      wsoup_websocket_connection_set_max_incoming_payload_size (ends[i], 2 * length);
      wsoup_websocket_connection_set_max_total_message_size (ends[i], 2 * length);
    }
  echo_and_check (pair, WSOUP_WEBSOCKET_DATA_BINARY, message, length);
}

static void
test_order (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      wsoup_websocket_connection_send_text (pair->client->connection, text);
    }
  wait_for (pair->client->messages->len == 1000);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      assert_message (pair->client, i, WSOUP_WEBSOCKET_DATA_TEXT, text, strlen (text));
    }
}

static void
check_closed_once (End *end)
{
  g_assert_cmpstr (end->events->str, ==, "closing closed ");
  g_assert_cmpuint (end->state_changes, ==, 2);
  g_assert_no_error (end->error);
}

/* One side closes with code and reason, the other reads both, and each sees every signal once. */
static void
close_and_check (End *closer, End *other)
{
  wsoup_websocket_connection_close (closer->connection, 4321, "enough, 世界");
  g_assert_cmpint (wsoup_websocket_connection_get_state (closer->connection), ==,
                   WSOUP_WEBSOCKET_STATE_CLOSING);
  wait_for (end_is_closed (closer) && end_is_closed (other));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (other->connection), ==, 4321);
  g_assert_cmpstr (wsoup_websocket_connection_get_close_data (other->connection), ==,
                   "enough, 世界");
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (closer->connection), ==, 4321);
  check_closed_once (closer);
  check_closed_once (other);
}

static void
test_close_by_client (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  close_and_check (pair->client, pair->peer);
}

static void
test_close_by_server (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  close_and_check (pair->peer, pair->client);
}

static void
test_close_by_both (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_close (pair->client->connection, 4001, "client");
  wsoup_websocket_connection_close (pair->peer->connection, 4002, "server");
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (pair->peer->connection), ==, 4001);
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (pair->client->connection), ==, 4002);
  check_closed_once (pair->client);
  check_closed_once (pair->peer);
}

static void
test_close_without_status (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_close (pair->client->connection, WSOUP_WEBSOCKET_CLOSE_NO_STATUS,
                                    NULL);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (pair->peer->connection), ==,
                    WSOUP_WEBSOCKET_CLOSE_NO_STATUS);
  check_closed_once (pair->client);
  check_closed_once (pair->peer);
}

/* A control frame holds 125 bytes, two of them the code; “é” has two bytes and must stay whole. */
static void
test_close_reason_cut (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *prefix = g_strnfill (122, 'x');
  g_autofree char *reason = g_strconcat (prefix, "éé", NULL);

  wsoup_websocket_connection_close (pair->client->connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, reason);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_cmpstr (wsoup_websocket_connection_get_close_data (pair->peer->connection), ==, prefix);
  check_closed_once (pair->peer);
}

static void
test_messages_before_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_send_text (pair->peer->connection, "one");
  wsoup_websocket_connection_send_text (pair->peer->connection, "two");
  wsoup_websocket_connection_close (pair->peer->connection, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_cmpstr (pair->client->events->str, ==, "message message closing closed ");
  g_assert_cmpstr (pair->peer->events->str, ==, "closing closed ");
}

static void
test_send_after_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *client = pair->client->connection;

  wsoup_websocket_connection_close (client, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wsoup_websocket_connection_send_text (client, "too late");
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  wsoup_websocket_connection_send_text (client, "far too late");
  dispatch_what_is_ready ();
  g_assert_cmpuint (pair->peer->messages->len, ==, 0);
}

/* The server accepts 128 KiB a frame unless told otherwise. */
static void
test_too_big (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  gsize length = 128 * 1024 + 1;
  g_autofree guint8 *message = g_malloc0 (length);

  wsoup_websocket_connection_send_binary (pair->client->connection, message, length);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_cmpstr (pair->peer->events->str, ==, "error closing closed ");
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (pair->client->connection), ==,
                    WSOUP_WEBSOCKET_CLOSE_TOO_BIG);
  g_assert_cmpuint (pair->peer->messages->len, ==, 0);
}

static void
test_properties (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *client = pair->client->connection;
  WsoupWebsocketConnection *peer = pair->peer->connection;
  GUri *uri = wsoup_websocket_connection_get_uri (client);
  WsoupWebsocketState state;
  WsoupWebsocketConnectionType type;
  guint interval;
  guint64 payload_size;

  g_assert_cmpstr (g_uri_get_path (uri), ==, data);
  g_assert_cmpint (g_uri_get_port (uri), ==, (int) server_port (pair->server));
  g_assert_cmpstr (g_uri_get_path (wsoup_websocket_connection_get_uri (peer)), ==, data);
  g_assert_true (G_IS_IO_STREAM (wsoup_websocket_connection_get_io_stream (client)));
  g_assert_null (wsoup_websocket_connection_get_protocol (client));
  g_assert_cmpuint (g_list_length (wsoup_websocket_connection_get_extensions (client)), ==, 1);
  g_assert_cmpint (wsoup_websocket_connection_get_connection_type (client), ==,
                   WSOUP_WEBSOCKET_CONNECTION_CLIENT);
  g_assert_cmpint (wsoup_websocket_connection_get_connection_type (peer), ==,
                   WSOUP_WEBSOCKET_CONNECTION_SERVER);
  g_assert_cmpuint (wsoup_websocket_connection_get_max_incoming_payload_size (client), ==,
                    128 * 1024);
  g_object_set (client, "keepalive-interval", 7u, "max-incoming-payload-size", (guint64) 77, NULL);
  g_object_get (client, "state", &state, "connection-type", &type, "keepalive-interval", &interval,
                "max-incoming-payload-size", &payload_size, NULL);
  g_assert_cmpint (state, ==, WSOUP_WEBSOCKET_STATE_OPEN);
  g_assert_cmpint (type, ==, WSOUP_WEBSOCKET_CONNECTION_CLIENT);
  g_assert_cmpuint (interval, ==, 7);
  g_assert_cmpuint (wsoup_websocket_connection_get_keepalive_interval (client), ==, 7);
  g_assert_cmpuint (payload_size, ==, 77);
}

static void
test_keepalive (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_set_keepalive_interval (pair->client->connection, 1);
  wait_for (pair->client->pongs->len >= 1);
  g_assert_cmpuint (pair->peer->pongs->len, ==, 0);
}

static void
send_and_close (WsoupWebsocketConnection *connection, int type G_GNUC_UNUSED,
                 GBytes *message G_GNUC_UNUSED, gpointer data)
{
  gboolean *finished = data;

  g_signal_handlers_disconnect_by_func (connection, send_and_close, data);
  wsoup_websocket_connection_send_text (connection, "from the handler");
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, "from the handler");
  *finished = TRUE;
}

static void
test_close_in_handler (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  gboolean finished = FALSE;

  g_signal_connect (pair->peer->connection, "message", G_CALLBACK (send_and_close), &finished);
  wsoup_websocket_connection_send_text (pair->client->connection, "go");
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_true (finished);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, "go", 2);
  assert_message (pair->client, 1, WSOUP_WEBSOCKET_DATA_TEXT, "from the handler", 16);
  g_assert_cmpstr (wsoup_websocket_connection_get_close_data (pair->client->connection), ==,
                   "from the handler");
}

/* A connection over streams that the program brings itself. */
static void
test_own_streams (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://example.invalid/own", G_URI_FLAGS_NONE, NULL);
  End *ends[2];
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_new_from_fd (sockets[i], &error);
      g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

      g_assert_no_error (error);
      ends[i] = end_new (wsoup_websocket_connection_new (
        G_IO_STREAM (stream), uri,
        i ? WSOUP_WEBSOCKET_CONNECTION_SERVER : WSOUP_WEBSOCKET_CONNECTION_CLIENT,
        "http://origin.invalid", "chat", NULL));
    }
  g_assert_cmpstr (wsoup_websocket_connection_get_protocol (ends[0]->connection), ==, "chat");
  g_assert_cmpstr (wsoup_websocket_connection_get_origin (ends[0]->connection), ==,
                   "http://origin.invalid");
  wsoup_websocket_connection_send_text (ends[0]->connection, "ping");
  wsoup_websocket_connection_send_text (ends[1]->connection, "pong");
  wait_for (ends[0]->messages->len == 1 && ends[1]->messages->len == 1);
  assert_message (ends[0], 0, WSOUP_WEBSOCKET_DATA_TEXT, "pong", 4);
  assert_message (ends[1], 0, WSOUP_WEBSOCKET_DATA_TEXT, "ping", 4);
  wsoup_websocket_connection_close (ends[0]->connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (ends[0]) && end_is_closed (ends[1]));
  dispatch_what_is_ready ();
  end_free (ends[0]);
  end_free (ends[1]);
}

static void
drop_the_last_reference (GObject *connection G_GNUC_UNUSED, GParamSpec *property G_GNUC_UNUSED,
                         gpointer last)
{
  g_clear_object ((WsoupWebsocketConnection **) last);
}

/* A handler that runs inside of a call drops the very reference that the call was made with. */
static void
test_last_reference_in_handler (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://example.invalid/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  WsoupWebsocketConnection *connection;
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  socket = g_socket_new_from_fd (sockets[0], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = wsoup_websocket_connection_new (G_IO_STREAM (stream), uri,
                                               WSOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
  g_signal_connect (connection, "notify::state", G_CALLBACK (drop_the_last_reference),
                    &connection);
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_assert_null (connection);
  close (sockets[1]);
}

#define ADD(path, function) g_test_add (path, Pair, "/echo", pair_open, function, pair_close)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/connection/echo", test_echo);
  ADD ("/connection/text/nuls-arrive", test_text_nuls);
  ADD ("/connection/text/unicode-arrives", test_text_unicode);
  ADD ("/connection/text/is-nul-terminated", test_text_terminated);
  ADD ("/connection/text/reaches-a-handler-with-its-data-first", test_swapped_handler);
  ADD ("/connection/binary/every-byte-arrives", test_binary);
  ADD ("/connection/empty-messages-arrive", test_empty);
  ADD ("/connection/every-length-form-arrives", test_lengths);
  ADD ("/connection/16-mib-arrive", test_large);
  ADD ("/connection/messages-keep-their-order", test_order);
  ADD ("/connection/close/by-client", test_close_by_client);
  ADD ("/connection/close/by-server", test_close_by_server);
  ADD ("/connection/close/by-both", test_close_by_both);
  ADD ("/connection/close/without-status", test_close_without_status);
  ADD ("/connection/close/reason-is-cut-between-characters", test_close_reason_cut);
  ADD ("/connection/close/inside-a-handler", test_close_in_handler);
  ADD ("/connection/close/after-the-queued-messages", test_messages_before_close);
  ADD ("/connection/close/later-sends-are-ignored", test_send_after_close);
  ADD ("/connection/too-big-a-message-closes-with-1009", test_too_big);
  ADD ("/connection/properties", test_properties);
  ADD ("/connection/keepalive-gets-pongs", test_keepalive);
  g_test_add_func ("/connection/over-own-streams", test_own_streams);
  g_test_add_func ("/connection/last-reference-dropped-in-handler",
                   test_last_reference_in_handler);
  return g_test_run ();
}
