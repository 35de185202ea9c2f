/* What is promised about sending with results, bounds, water marks, and messages that are too big for the
 * memory. */
#include "flow.h"

#define CLIENT(pair) ((pair)->client->connection)
#define PEER(pair) ((pair)->peer->connection)

static guint64
buffered (WsoupWebsocketConnection *connection)
{
  return wsoup_websocket_connection_get_buffered_amount (connection);
}

/* --- With a result ----------------------------------------------------------------------------- */

static void
test_try_send_queues (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static ("a\0b", 3);

  g_assert_true (wsoup_websocket_connection_try_send_text (CLIENT (pair), "text", &error));
  g_assert_true (wsoup_websocket_connection_try_send_binary (CLIENT (pair), NULL, 0, &error));
  g_assert_true (wsoup_websocket_connection_try_send_message (
    CLIENT (pair), WSOUP_WEBSOCKET_DATA_TEXT, message, &error));
  g_assert_no_error (error);
  g_assert_true (wsoup_websocket_connection_try_send_binary (CLIENT (pair), "\xff", 1, NULL));
  wait_for (pair->peer->messages->len == 4);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "text", 4);
  assert_message (pair->peer, 1, WSOUP_WEBSOCKET_DATA_BINARY, "", 0);
  assert_message (pair->peer, 2, WSOUP_WEBSOCKET_DATA_TEXT, "a\0b", 3);
  assert_message (pair->peer, 3, WSOUP_WEBSOCKET_DATA_BINARY, "\xff", 1);
}

static void
assert_refused (WsoupWebsocketConnection *connection, gsize length, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = zeros (length);
  g_auto (Result) result = { 0 };

  g_assert_false (wsoup_websocket_connection_try_send_message (
    connection, WSOUP_WEBSOCKET_DATA_BINARY, message, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_false (wsoup_websocket_connection_try_send_binary (
    connection, g_bytes_get_data (message, NULL), length, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_assert_false (wsoup_websocket_connection_try_send_binary (
    connection, g_bytes_get_data (message, NULL), length, NULL));
  send_async (connection, message, NULL, &result);
  assert_fails (&result, G_IO_ERROR, (int) code);
}

static void
test_closed_connection_refuses (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (5, 0, FALSE);
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_close (CLIENT (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  assert_refused (CLIENT (pair), 5, G_IO_ERROR_CLOSED);
  g_assert_false (wsoup_websocket_connection_try_send_text (CLIENT (pair), "text", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  wsoup_websocket_connection_send_stream_async (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, source,
                                                G_PRIORITY_DEFAULT, NULL, on_stream_sent, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CLOSED);
  wait_for (end_is_closed (pair->client));
  assert_refused (CLIENT (pair), 5, G_IO_ERROR_CLOSED);
}

static void
test_text_that_is_not_utf8_is_refused (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("\xff", 1);
  g_autoptr (GError) error = NULL;
  g_auto (Result) result = { 0 };

  g_assert_false (wsoup_websocket_connection_try_send_message (
    CLIENT (pair), WSOUP_WEBSOCKET_DATA_TEXT, message, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_DATA);
  wsoup_websocket_connection_send_message_async (CLIENT (pair), WSOUP_WEBSOCKET_DATA_TEXT, message,
                                                 NULL, on_sent, &result);
  assert_fails (&result, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_DATA);
  g_assert_cmpint (wsoup_websocket_connection_get_state (CLIENT (pair)), ==,
                   WSOUP_WEBSOCKET_STATE_OPEN);
}

/* --- Bounds ------------------------------------------------------------------------------------- */

static void
test_bound_refuses_and_has_room_again (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) half = zeros (60000);

  wsoup_websocket_connection_set_max_buffered_amount (CLIENT (pair), 100000);
  assert_refused (CLIENT (pair), 100001, G_IO_ERROR_MESSAGE_TOO_LARGE);
  for (guint round = 1; round <= 2; round++)
    {
      g_assert_true (wsoup_websocket_connection_try_send_message (
        CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, half, NULL));
      g_assert_cmpuint (buffered (CLIENT (pair)), >=, 60000);
      assert_refused (CLIENT (pair), 60000, G_IO_ERROR_WOULD_BLOCK);
      wait_for (pair->peer->messages->len == round);
      wait_for (buffered (CLIENT (pair)) == 0);
    }
  g_assert_cmpuint (pair->peer->messages->len, ==, 2);
  g_assert_cmpint (wsoup_websocket_connection_get_state (CLIENT (pair)), ==,
                   WSOUP_WEBSOCKET_STATE_OPEN);
}

static void
test_overflow_may_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  wsoup_websocket_connection_set_max_buffered_amount (CLIENT (pair), 10);
  wsoup_websocket_connection_set_overflow_policy (CLIENT (pair), WSOUP_WEBSOCKET_OVERFLOW_CLOSE);
  g_assert_true (wsoup_websocket_connection_try_send_text (CLIENT (pair), "fits", &error));
  g_assert_false (wsoup_websocket_connection_try_send_text (CLIENT (pair), "too much", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_error (pair->client->error, WSOUP_WEBSOCKET_ERROR,
                  WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION);
  wait_for (end_is_closed (pair->peer));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (PEER (pair)), ==,
                    WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_cmpuint (pair->peer->messages->len, ==, 1);
}

/* --- Water marks ----------------------------------------------------------------------------------- */

typedef struct
{
  GString *events;
  gboolean refills;
} Marks;

static void
on_congested (WsoupWebsocketConnection *connection, Marks *marks)
{
  g_assert_cmpuint (buffered (connection), >=, 50000);
  g_string_append (marks->events, "congested ");
}

static void
on_drained (WsoupWebsocketConnection *connection, Marks *marks)
{
  g_assert_cmpuint (buffered (connection), <=, 10000);
  g_string_append (marks->events, "drained ");
  if (!marks->refills)
    return;
  marks->refills = FALSE;
  for (guint i = 0; i < 6; i++)
    wsoup_websocket_connection_send_binary (connection, marks->events, sizeof (GString));
}

static void
test_water_marks (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  Marks marks = { g_string_new (NULL), FALSE };
  g_autoptr (GBytes) bytes = zeros (20000);
  const char *message = g_bytes_get_data (bytes, NULL);

  g_signal_connect (CLIENT (pair), "congested", G_CALLBACK (on_congested), &marks);
  g_signal_connect (CLIENT (pair), "drained", G_CALLBACK (on_drained), &marks);
  wsoup_websocket_connection_set_high_water_mark (CLIENT (pair), 50000);
  wsoup_websocket_connection_set_low_water_mark (CLIENT (pair), 10000);
  wsoup_websocket_connection_send_binary (CLIENT (pair), message, 20000);
  wsoup_websocket_connection_send_binary (CLIENT (pair), message, 20000);
  g_assert_cmpstr (marks.events->str, ==, "");
  /* Within the function that sends, and once. */
  wsoup_websocket_connection_send_binary (CLIENT (pair), message, 20000);
  g_assert_cmpstr (marks.events->str, ==, "congested ");
  wsoup_websocket_connection_send_binary (CLIENT (pair), message, 20000);
  wait_for (pair->peer->messages->len == 4 && buffered (CLIENT (pair)) == 0);
  wait_for (g_str_has_suffix (marks.events->str, "drained "));
  g_assert_cmpstr (marks.events->str, ==, "congested drained ");
  for (guint i = 0; i < 4; i++)
    wsoup_websocket_connection_send_binary (CLIENT (pair), message, 20000);
  marks.refills = TRUE;
  wait_for (pair->peer->messages->len == 14);
  g_assert_cmpstr (marks.events->str, ==, "congested drained congested drained ");
  g_signal_handlers_disconnect_by_data (CLIENT (pair), &marks);
  g_string_free (marks.events, TRUE);
}

/* --- Until it is written ------------------------------------------------------------------------- */

static void
test_send_is_done_when_it_is_written (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) much = zeros (16 * MIB);
  g_auto (Result) sent = { 0 };

  wsoup_websocket_connection_set_max_incoming_payload_size (PEER (pair), 0);
  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  /* Whoever has a message waits for room before the next. */
  wsoup_websocket_connection_pause (PEER (pair));
  wsoup_websocket_connection_set_receive_buffer_size (PEER (pair), 1);
  wsoup_websocket_connection_send_text (CLIENT (pair), "first");
  send_async (CLIENT (pair), much, NULL, &sent);
  wsoup_websocket_connection_send_text (CLIENT (pair), "last");
  wait_for (buffered (CLIENT (pair)) < 16 * MIB);
  dispatch_what_is_ready ();
  g_assert_cmpuint (sent.calls, ==, 0);
  g_assert_cmpuint (buffered (CLIENT (pair)), >, MIB);
  wsoup_websocket_connection_resume (PEER (pair));
  assert_succeeds (&sent);
  g_assert_true (sent.ok);
  wait_for (pair->peer->messages->len == 3);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "first", 5);
  assert_message (pair->peer, 2, WSOUP_WEBSOCKET_DATA_TEXT, "last", 4);
}

static void
test_cancelled_message_is_taken_back (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) much = zeros (16 * MIB);
  g_autoptr (GBytes) message = g_bytes_new_static ("cancelled", 9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };

  wsoup_websocket_connection_set_max_incoming_payload_size (PEER (pair), 0);
  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  send_async (CLIENT (pair), much, NULL, &first);
  wait_for (buffered (CLIENT (pair)) < 16 * MIB);
  send_async (CLIENT (pair), message, cancellable, &second);
  wsoup_websocket_connection_send_text (CLIENT (pair), "behind");
  g_assert_cmpuint (first.calls, ==, 0);
  g_cancellable_cancel (cancellable);
  assert_fails (&second, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_succeeds (&first);
  wait_for (pair->peer->messages->len == 2);
  assert_message (pair->peer, 1, WSOUP_WEBSOCKET_DATA_TEXT, "behind", 6);
  g_assert_cmpuint (buffered (CLIENT (pair)), ==, 0);
  /* Cancelled before: it is not even queued. */
  send_async (CLIENT (pair), message, cancellable, &second);
  g_assert_cmpuint (buffered (CLIENT (pair)), ==, 0);
  assert_fails (&second, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Whenever it is cancelled, the result says whether the message was sent. */
static void
test_cancelled_or_sent (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("perhaps", 7);
  guint sent = 0;

  for (guint turns = 0; turns < 6; turns++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (Result) result = { 0 };

      send_async (CLIENT (pair), message, cancellable, &result);
      for (guint turn = 0; turn < turns; turn++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      wait_for (result.calls);
      g_assert_true (result.ok || g_error_matches (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      sent += result.ok;
    }
  wsoup_websocket_connection_send_text (CLIENT (pair), "last");
  wait_for (pair->peer->messages->len > sent);
  assert_message (pair->peer, sent, WSOUP_WEBSOCKET_DATA_TEXT, "last", 4);
}

static void
test_end_fails_what_waits (void)
{
  g_autoptr (GBytes) much = zeros (16 * MIB);
  g_autoptr (GInputStream) source = source_new (5, 0, FALSE);
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };
  g_auto (Result) third = { 0 };
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  send_async (connection, much, NULL, &first);
  send_async (connection, much, NULL, &second);
  wsoup_websocket_connection_send_stream_async (connection, WSOUP_WEBSOCKET_DATA_BINARY, source,
                                                G_PRIORITY_DEFAULT, NULL, on_stream_sent, &third);
  wait_for (buffered (connection) < 32 * MIB);
  close (peer);
  wait_for (first.calls && second.calls && third.calls);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_error (third.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  let_go (connection);
}

/* --- Streams --------------------------------------------------------------------------------------- */

static void
send_stream (WsoupWebsocketConnection *connection, WsoupWebsocketDataType type,
             GInputStream *stream, GCancellable *cancellable, Result *result)
{
  wsoup_websocket_connection_send_stream_async (connection, type, stream, G_PRIORITY_DEFAULT,
                                                cancellable, on_stream_sent, result);
}

static void
test_stream_is_one_message (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (300000, 'a', FALSE);
  g_autoptr (GInputStream) empty = source_new (0, 'a', FALSE);
  g_autofree char *expected = g_strnfill (300000, 'a');
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };
  g_auto (Result) pong = { 0 };

  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  wsoup_websocket_connection_send_text (CLIENT (pair), "before");
  send_stream (CLIENT (pair), WSOUP_WEBSOCKET_DATA_TEXT, source, NULL, &first);
  send_stream (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, empty, NULL, &second);
  wsoup_websocket_connection_send_text (CLIENT (pair), "behind");
  /* Control frames go between the fragments. */
  wsoup_websocket_connection_ping_async (CLIENT (pair), NULL, NULL, on_ponged, &pong);
  assert_succeeds (&pong);
  assert_succeeds (&first);
  assert_succeeds (&second);
  g_assert_true (first.ok && second.ok);
  wait_for (pair->peer->messages->len == 4);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "before", 6);
  assert_message (pair->peer, 1, WSOUP_WEBSOCKET_DATA_TEXT, expected, 300000);
  assert_message (pair->peer, 2, WSOUP_WEBSOCKET_DATA_BINARY, "", 0);
  assert_message (pair->peer, 3, WSOUP_WEBSOCKET_DATA_TEXT, "behind", 6);
}

static void
test_stream_of_a_client_that_fails (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (100000, 'a', TRUE);
  g_auto (Result) result = { 0 };

  send_stream (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, source, NULL, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  wait_for (end_is_closed (pair->peer));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (PEER (pair)), ==,
                    WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR);
  g_assert_cmpuint (pair->peer->messages->len, ==, 0);
}

static void
test_stream_of_a_server_that_is_not_utf8 (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (200000, 0xc3, FALSE);
  g_auto (Result) result = { 0 };

  ((Source *) source)->fill = 'a';
  send_stream (PEER (pair), WSOUP_WEBSOCKET_DATA_TEXT, source, NULL, &result);
  wait_for (((Source *) source)->position > 0);
  ((Source *) source)->fill = 0xff;
  assert_fails (&result, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_DATA);
  wait_for (end_is_closed (pair->client));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (CLIENT (pair)), ==,
                    WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR);
}

static void
test_stream_is_cancelled_before_its_turn (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (200000, 'a', FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) result = { 0 };

  send_stream (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, source, cancellable, &result);
  g_cancellable_cancel (cancellable);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wsoup_websocket_connection_send_text (CLIENT (pair), "behind");
  wait_for (pair->peer->messages->len == 1);
  assert_message (pair->peer, 0, WSOUP_WEBSOCKET_DATA_TEXT, "behind", 6);
}

static void
test_stream_is_cancelled_in_the_middle (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (G_MAXUINT32, 'a', FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  send_stream (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, source, cancellable, &result);
  wait_for (((Source *) source)->position > MIB);
  g_cancellable_cancel (cancellable);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_for (end_is_closed (pair->peer));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (PEER (pair)), ==,
                    WSOUP_WEBSOCKET_CLOSE_SERVER_ERROR);
}

typedef struct
{
  WsoupWebsocketExtension parent_instance;
} WholeExtension;

typedef struct
{
  WsoupWebsocketExtensionClass parent_class;
} WholeExtensionClass;

static GType whole_extension_get_type (void);
G_DEFINE_TYPE (WholeExtension, whole_extension, WSOUP_TYPE_WEBSOCKET_EXTENSION)

static GBytes *
pass (WsoupWebsocketExtension *extension G_GNUC_UNUSED, guint8 *header G_GNUC_UNUSED, GBytes *payload,
      GError **error G_GNUC_UNUSED)
{
  return payload;
}

static void
whole_extension_class_init (WholeExtensionClass *extension_class)
{
  ((WsoupWebsocketExtensionClass *) extension_class)->name = "x-whole";
  ((WsoupWebsocketExtensionClass *) extension_class)->process_outgoing_message = pass;
}

static void
whole_extension_init (WholeExtension *extension G_GNUC_UNUSED)
{
}

static void
test_stream_is_not_for_extensions (void)
{
  g_autoptr (GInputStream) source = source_new (5, 'a', FALSE);
  g_auto (Result) result = { 0 };
  int peer;
  GList *extensions = g_list_append (NULL, g_object_new (whole_extension_get_type (), NULL));
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, extensions);

  send_stream (connection, WSOUP_WEBSOCKET_DATA_BINARY, source, NULL, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpint (wsoup_websocket_connection_get_state (connection), ==,
                   WSOUP_WEBSOCKET_STATE_OPEN);
  let_go (connection);
  close (peer);
}

/* --- In callbacks ------------------------------------------------------------------------------------ */

static void
close_in_callback (GObject *source, GAsyncResult *task, gpointer data)
{
  WsoupWebsocketConnection *connection = WSOUP_WEBSOCKET_CONNECTION (source);

  on_sent (source, task, data);
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
test_callback_may_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("last", 4);
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_send_message_async (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY,
                                                 message, NULL, close_in_callback, &result);
  wait_for (end_is_closed (pair->peer));
  g_assert_true (result.ok);
  g_assert_cmpuint (pair->peer->messages->len, ==, 1);
}

static void
drop_in_callback (GObject *source G_GNUC_UNUSED, GAsyncResult *task, gpointer data)
{
  WsoupWebsocketConnection **connection = data;

  g_assert_true (wsoup_websocket_connection_send_message_finish (*connection, task, NULL));
  g_clear_object (connection);
}

static void
test_callback_may_drop_the_last_reference (void)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("last", 4);
  int peer;
  char frame[64];
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);
  gpointer watched = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  wsoup_websocket_connection_send_message_async (connection, WSOUP_WEBSOCKET_DATA_BINARY, message,
                                                 NULL, drop_in_callback, &connection);
  wait_for (watched == NULL);
  g_assert_cmpint (read (peer, frame, sizeof frame), ==, 2 + 4 + 4);
  close (peer);
}

static void
on_congested_close (WsoupWebsocketConnection *connection, gpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
test_congested_may_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_set_high_water_mark (CLIENT (pair), 1);
  g_signal_connect (CLIENT (pair), "congested", G_CALLBACK (on_congested_close), NULL);
  g_assert_true (wsoup_websocket_connection_try_send_text (CLIENT (pair), "the last", NULL));
  wait_for (end_is_closed (pair->peer));
  g_assert_cmpuint (pair->peer->messages->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/sending/" path, Pair, "/", pair_open_plain, function, pair_close)
  ADD ("try-send-queues", test_try_send_queues);
  ADD ("closed-connection-refuses", test_closed_connection_refuses);
  ADD ("text-that-is-not-utf8-is-refused", test_text_that_is_not_utf8_is_refused);
  ADD ("bound-refuses-and-has-room-again", test_bound_refuses_and_has_room_again);
  ADD ("overflow-may-close", test_overflow_may_close);
  ADD ("water-marks", test_water_marks);
  ADD ("is-done-when-it-is-written", test_send_is_done_when_it_is_written);
  ADD ("cancelled-message-is-taken-back", test_cancelled_message_is_taken_back);
  ADD ("is-cancelled-or-done", test_cancelled_or_sent);
  g_test_add_func ("/sending/end-fails-what-waits", test_end_fails_what_waits);
  ADD ("stream-is-one-message", test_stream_is_one_message);
  ADD ("stream-of-a-client-that-fails", test_stream_of_a_client_that_fails);
  ADD ("stream-of-a-server-that-is-not-utf8", test_stream_of_a_server_that_is_not_utf8);
  ADD ("stream-is-cancelled-before-its-turn", test_stream_is_cancelled_before_its_turn);
  ADD ("stream-is-cancelled-in-the-middle", test_stream_is_cancelled_in_the_middle);
  g_test_add_func ("/sending/stream-is-not-for-extensions", test_stream_is_not_for_extensions);
  ADD ("callback-may-close", test_callback_may_close);
  g_test_add_func ("/sending/callback-may-drop-the-last-reference",
                   test_callback_may_drop_the_last_reference);
  ADD ("congested-may-close", test_congested_may_close);
  return g_test_run ();
}
