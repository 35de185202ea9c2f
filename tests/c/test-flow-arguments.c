/* What the functions of the flow of messages promise about wrong arguments: each is a critical that names
 * the function, and changes nothing. */
#include "flow.h"

typedef struct
{
  WsoupWebsocketConnection *connection;
  int peer;
  GObject *other;
  GBytes *bytes;
  GInputStream *stream;
  Result result;
} Things;

static void
never (GObject *source G_GNUC_UNUSED, GAsyncResult *task G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

/* Expects the critical of `wsoup_websocket_connection_NAME` from what follows. */
#define critical(name, code)                                                                    \
  G_STMT_START                                                                                  \
  {                                                                                             \
    g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL,                                       \
                           "wsoup_websocket_connection_" name ": assertion*failed");            \
    code;                                                                                       \
    g_test_assert_expected_messages ();                                                         \
  }                                                                                             \
  G_STMT_END

#define CONNECTION(name) wsoup_websocket_connection_##name
#define DATA WSOUP_WEBSOCKET_DATA_BINARY
#define NO_TYPE ((WsoupWebsocketDataType) 3)

static void
things_set_up (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  things->connection = connection_to_bytes (&things->peer, NULL);
  things->other = g_object_new (G_TYPE_OBJECT, NULL);
  things->bytes = g_bytes_new_static ("bytes", 5);
  things->stream = g_memory_input_stream_new_from_bytes (things->bytes);
}

static void
things_tear_down (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  dispatch_what_is_ready ();
  g_assert_cmpuint (CONNECTION (get_buffered_amount) (things->connection), ==, 0);
  g_assert_cmpuint (CONNECTION (get_receive_buffer_size) (things->connection), ==, 65536);
  g_assert_cmpuint (CONNECTION (get_max_buffered_amount) (things->connection), ==, 0);
  g_assert_cmpint (CONNECTION (get_overflow_policy) (things->connection), ==,
                   WSOUP_WEBSOCKET_OVERFLOW_REFUSE);
  g_assert_false (CONNECTION (get_paused) (things->connection));
  g_assert_cmpint (CONNECTION (get_state) (things->connection), ==, WSOUP_WEBSOCKET_STATE_OPEN);
  let_go (things->connection);
  close (things->peer);
  g_object_unref (things->stream);
  g_object_unref (things->other);
  g_bytes_unref (things->bytes);
}

static void
test_try_send (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *connection = things->connection;
  GError *error = NULL;
  GError *pending = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "not handled");

  critical ("try_send_text", g_assert_false (CONNECTION (try_send_text) (NULL, "text", &error)));
  critical ("try_send_text",
            g_assert_false (CONNECTION (try_send_text) ((gpointer) things->other, "text", &error)));
  critical ("try_send_text", g_assert_false (CONNECTION (try_send_text) (connection, NULL, &error)));
  critical ("try_send_text",
            g_assert_false (CONNECTION (try_send_text) (connection, "\xff", &error)));
  critical ("try_send_text",
            g_assert_false (CONNECTION (try_send_text) (connection, "text", &pending)));
  critical ("try_send_binary", g_assert_false (CONNECTION (try_send_binary) (NULL, "x", 1, &error)));
  critical ("try_send_binary",
            g_assert_false (CONNECTION (try_send_binary) (connection, NULL, 1, &error)));
  critical ("try_send_message",
            g_assert_false (CONNECTION (try_send_message) (NULL, DATA, things->bytes, &error)));
  critical ("try_send_message",
            g_assert_false (CONNECTION (try_send_message) (connection, NO_TYPE, things->bytes, &error)));
  critical ("try_send_message",
            g_assert_false (CONNECTION (try_send_message) (connection, DATA, NULL, &error)));
  g_assert_no_error (error);
  g_error_free (pending);
}

static void
test_send_async (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *connection = things->connection;
  GBytes *bytes = things->bytes;
  GInputStream *stream = things->stream;
  GCancellable *no_cancellable = (gpointer) things->other;

  critical ("send_message_async",
            CONNECTION (send_message_async) (NULL, DATA, bytes, NULL, never, NULL));
  critical ("send_message_async",
            CONNECTION (send_message_async) (connection, NO_TYPE, bytes, NULL, never, NULL));
  critical ("send_message_async",
            CONNECTION (send_message_async) (connection, DATA, NULL, NULL, never, NULL));
  critical ("send_message_async",
            CONNECTION (send_message_async) (connection, DATA, bytes, no_cancellable, never, NULL));
  critical ("send_stream_async",
            CONNECTION (send_stream_async) (NULL, DATA, stream, 0, NULL, never, NULL));
  critical ("send_stream_async",
            CONNECTION (send_stream_async) (connection, NO_TYPE, stream, 0, NULL, never, NULL));
  critical ("send_stream_async",
            CONNECTION (send_stream_async) (connection, DATA, NULL, 0, NULL, never, NULL));
  critical ("send_stream_async",
            CONNECTION (send_stream_async) (connection, DATA, (gpointer) things->other, 0, NULL,
                                            never, NULL));
  critical ("send_stream_async",
            CONNECTION (send_stream_async) (connection, DATA, stream, 0, no_cancellable, never,
                                            NULL));
}

static void
test_receive (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *connection = things->connection;
  GCancellable *no_cancellable = (gpointer) things->other;

  critical ("receive_async", CONNECTION (receive_async) (NULL, NULL, never, NULL));
  critical ("receive_async", CONNECTION (receive_async) (connection, no_cancellable, never, NULL));
  critical ("receive_stream_async", CONNECTION (receive_stream_async) (NULL, NULL, never, NULL));
  critical ("receive_stream_async",
            CONNECTION (receive_stream_async) (connection, no_cancellable, never, NULL));
  critical ("pause", CONNECTION (pause) (NULL));
  critical ("resume", CONNECTION (resume) (NULL));
}

static void
test_ping_and_close (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  WsoupWebsocketConnection *connection = things->connection;
  GCancellable *no_cancellable = (gpointer) things->other;

  critical ("ping_async", CONNECTION (ping_async) (NULL, NULL, NULL, never, NULL));
  critical ("ping_async", CONNECTION (ping_async) (connection, NULL, no_cancellable, never, NULL));
  critical ("close_async", CONNECTION (close_async) (NULL, 1000, NULL, NULL, never, NULL));
  critical ("close_async", CONNECTION (close_async) (connection, 1006, NULL, NULL, never, NULL));
  critical ("close_async", CONNECTION (close_async) (connection, 2999, NULL, NULL, never, NULL));
  critical ("close_async", CONNECTION (close_async) (connection, 1005, "why", NULL, never, NULL));
  critical ("close_async", CONNECTION (close_async) (connection, 1000, "\xff", NULL, never, NULL));
  critical ("close_async",
            CONNECTION (close_async) (connection, 1000, NULL, no_cancellable, never, NULL));
}

/* The results of one function are none for another. */
static void
on_ponged_check_others (GObject *source, GAsyncResult *task, gpointer data)
{
  WsoupWebsocketConnection *connection = WSOUP_WEBSOCKET_CONNECTION (source);
  GError *error = NULL;

  critical ("send_message_finish",
            g_assert_false (CONNECTION (send_message_finish) (connection, task, &error)));
  critical ("send_stream_finish",
            g_assert_false (CONNECTION (send_stream_finish) (connection, task, &error)));
  critical ("receive_finish",
            g_assert_null (CONNECTION (receive_finish) (connection, task, NULL, &error)));
  critical ("receive_stream_finish",
            g_assert_null (CONNECTION (receive_stream_finish) (connection, task, NULL, &error)));
  critical ("close_finish", g_assert_false (CONNECTION (close_finish) (connection, task, &error)));
  critical ("ping_finish", CONNECTION (ping_finish) (NULL, task, &error));
  critical ("ping_finish", CONNECTION (ping_finish) (connection, NULL, &error));
  g_assert_no_error (error);
  on_ponged (source, task, data);
}

static void
test_results_of_others (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) too_long = zeros (200);

  CONNECTION (ping_async) (things->connection, too_long, NULL, on_ponged_check_others,
                           &things->result);
  assert_fails (&things->result, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_options (Things *things, gconstpointer data G_GNUC_UNUSED)
{
  critical ("set_receive_buffer_size", CONNECTION (set_receive_buffer_size) (things->connection, 0));
  critical ("set_receive_buffer_size", CONNECTION (set_receive_buffer_size) (NULL, 1));
  critical ("set_overflow_policy",
            CONNECTION (set_overflow_policy) (things->connection, (WsoupWebsocketOverflowPolicy) 9));
  critical ("set_overflow_policy",
            CONNECTION (set_overflow_policy) (NULL, WSOUP_WEBSOCKET_OVERFLOW_CLOSE));
#define OPTION(name)                                                                            \
  critical ("get_" #name, g_assert_cmpuint (CONNECTION (get_##name) (NULL), ==, 0));            \
  critical ("set_" #name, CONNECTION (set_##name) (NULL, 1))
  OPTION (max_buffered_amount);
  OPTION (high_water_mark);
  OPTION (low_water_mark);
  OPTION (idle_timeout);
  OPTION (close_timeout);
#undef OPTION
  critical ("get_receive_buffer_size", CONNECTION (get_receive_buffer_size) (NULL));
  critical ("get_overflow_policy", CONNECTION (get_overflow_policy) (NULL));
  critical ("get_buffered_amount", CONNECTION (get_buffered_amount) (NULL));
  critical ("get_paused", g_assert_false (CONNECTION (get_paused) (NULL)));
  critical ("get_latency", CONNECTION (get_latency) (NULL));
  critical ("get_closed_cleanly", g_assert_false (CONNECTION (get_closed_cleanly) (NULL)));
}

/* Set by function and by property, read by both, notified when it changes. */
static void
count_notify (GObject *connection G_GNUC_UNUSED, GParamSpec *property G_GNUC_UNUSED, guint *count)
{
  (*count)++;
}

static void
test_options_are_properties (void)
{
  static const char *const names[] = { "max-buffered-amount", "high-water-mark", "low-water-mark",
                                       "receive-buffer-size", "idle-timeout",    "close-timeout" };
  int peer;
  guint changes = 0;
  WsoupWebsocketOverflowPolicy policy;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  g_signal_connect (connection, "notify", G_CALLBACK (count_notify), &changes);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, G_TYPE_UINT64);
      g_object_set (connection, names[i], i < 4 ? G_GUINT64_CONSTANT (70007) : 70007, NULL);
      g_object_set (connection, names[i], i < 4 ? G_GUINT64_CONSTANT (70007) : 70007, NULL);
      g_assert_cmpuint (changes, ==, i + 1);
      g_object_get_property (G_OBJECT (connection), names[i], &value);
      g_assert_cmpuint (g_value_get_uint64 (&value), ==, 70007);
    }
  g_assert_cmpuint (CONNECTION (get_max_buffered_amount) (connection), ==, 70007);
  g_assert_cmpuint (CONNECTION (get_high_water_mark) (connection), ==, 70007);
  g_assert_cmpuint (CONNECTION (get_low_water_mark) (connection), ==, 70007);
  g_assert_cmpuint (CONNECTION (get_receive_buffer_size) (connection), ==, 70007);
  g_assert_cmpuint (CONNECTION (get_idle_timeout) (connection), ==, 70007);
  g_assert_cmpuint (CONNECTION (get_close_timeout) (connection), ==, 70007);
  CONNECTION (set_overflow_policy) (connection, WSOUP_WEBSOCKET_OVERFLOW_CLOSE);
  g_object_get (connection, "overflow-policy", &policy, NULL);
  g_assert_cmpint (policy, ==, WSOUP_WEBSOCKET_OVERFLOW_CLOSE);
  let_go (connection);
  close (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function)                                                                     \
  g_test_add ("/arguments/" path, Things, NULL, things_set_up, function, things_tear_down)
  ADD ("try-send", test_try_send);
  ADD ("send-async", test_send_async);
  ADD ("receive", test_receive);
  ADD ("ping-and-close", test_ping_and_close);
  ADD ("results-of-others", test_results_of_others);
  ADD ("options", test_options);
  g_test_add_func ("/arguments/options-are-properties", test_options_are_properties);
  return g_test_run ();
}
