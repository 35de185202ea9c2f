/* What is promised about receiving at one's own pace: messages wait, none is lost, and the end is told
 * as it was. */
#include "flow.h"

#define CLIENT(pair) ((pair)->client->connection)
#define PEER(pair) ((pair)->peer->connection)

static void
test_receives_in_order (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_send_text (PEER (pair), "one");
  wsoup_websocket_connection_send_text (PEER (pair), "");
  wsoup_websocket_connection_send_binary (PEER (pair), "\0\xff", 2);
  assert_receives (CLIENT (pair), "one");
  assert_receives (CLIENT (pair), "");
  wsoup_websocket_connection_receive_async (CLIENT (pair), NULL, on_received, &result);
  assert_succeeds (&result);
  g_assert_cmpint (result.type, ==, WSOUP_WEBSOCKET_DATA_BINARY);
  g_assert_cmpmem (g_bytes_get_data (result.message, NULL), g_bytes_get_size (result.message),
                   "\0\xff", 2);
  g_assert_cmpuint (pair->client->messages->len, ==, 0);
}

/* --- From the connection on ------------------------------------------------------------------ */

static void
greet (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
       const char *path G_GNUC_UNUSED, WsoupWebsocketConnection *connection,
       gpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_send_text (connection, "first");
  wsoup_websocket_connection_send_text (connection, "second");
  wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

typedef struct
{
  WsoupWebsocketConnection *connection;
  Result result;
  guint emitted;
} Greeted;

static void
on_message_emitted (WsoupWebsocketConnection *connection G_GNUC_UNUSED, int type G_GNUC_UNUSED,
                    GBytes *message G_GNUC_UNUSED, Greeted *greeted)
{
  greeted->emitted++;
}

static void
on_connected_receive (GObject *session, GAsyncResult *task, gpointer data)
{
  Greeted *greeted = data;

  greeted->connection =
    wsoup_session_websocket_connect_finish (WSOUP_SESSION (session), task, &greeted->result.error);
  g_assert_no_error (greeted->result.error);
  g_signal_connect (greeted->connection, "message", G_CALLBACK (on_message_emitted), greeted);
  wsoup_websocket_connection_receive_async (greeted->connection, NULL, on_received,
                                            &greeted->result);
}

static void
test_nothing_is_lost_from_the_first_call_on (void)
{
  WsoupServer *server = server_new (NULL);
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupMessage) message = message_to (server, "/greet");
  Greeted greeted = { 0 };

  wsoup_server_add_websocket_handler (server, "/greet", NULL, NULL, greet, NULL, NULL);
  wsoup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                         on_connected_receive, &greeted);
  assert_succeeds (&greeted.result);
  g_assert_cmpmem (g_bytes_get_data (greeted.result.message, NULL),
                   g_bytes_get_size (greeted.result.message), "first", 5);
  assert_receives (greeted.connection, "second");
  g_assert_cmpuint (greeted.emitted, ==, 0);
  result_clear (&greeted.result);
  assert_receives (greeted.connection, NULL);
  let_go (greeted.connection);
  wsoup_server_disconnect (server);
  g_object_unref (server);
}

/* --- The end ----------------------------------------------------------------------------------- */

static void
test_orderly_end_is_null (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "last");
  wsoup_websocket_connection_close (PEER (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, "done");
  assert_receives (CLIENT (pair), "last");
  assert_receives (CLIENT (pair), NULL);
  assert_receives (CLIENT (pair), NULL);
  wait_for (end_is_closed (pair->client));
  g_assert_cmpstr (pair->client->events->str, ==, "closing closed ");
}

static void
test_what_has_arrived_is_received_after_the_end (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) result = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  wsoup_websocket_connection_receive_async (CLIENT (pair), cancellable, on_received, &result);
  g_cancellable_cancel (cancellable);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wsoup_websocket_connection_send_text (PEER (pair), "last");
  wsoup_websocket_connection_close (PEER (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (pair->client));
  assert_receives (CLIENT (pair), "last");
  assert_receives (CLIENT (pair), NULL);
}

static void
note_event (WsoupWebsocketConnection *connection G_GNUC_UNUSED, GString *events)
{
  g_string_append (events, "closed ");
}

static void
note_error (WsoupWebsocketConnection *connection G_GNUC_UNUSED, GError *error, GString *events)
{
  g_string_append_printf (events, "%d ", error->code);
}

/* Of a connection that was paused while all of this came: a message, then the end. */
static void
check_broken_end (gboolean pauses, gboolean breaks_a_rule)
{
  g_auto (Result) result = { 0 };
  g_autoptr (GString) events = g_string_new (NULL);
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  g_signal_connect (connection, "closed", G_CALLBACK (note_event), events);
  g_signal_connect (connection, "error", G_CALLBACK (note_error), events);
  if (pauses)
    wsoup_websocket_connection_pause (connection);
  else
    {
      wsoup_websocket_connection_receive_async (connection, NULL, on_received, &result);
      peer_writes (peer, "\x81\1x");
      assert_succeeds (&result);
      result_clear (&result);
    }
  peer_writes (peer, "\x81\5hello");
  if (breaks_a_rule)
    peer_writes (peer, "\xc1\0");
  close (peer);
  dispatch_what_is_ready ();
  assert_receives (connection, "hello");
  wsoup_websocket_connection_receive_async (connection, NULL, on_received, &result);
  if (breaks_a_rule)
    assert_fails (&result, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_PROTOCOL_ERROR);
  else
    assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  wait_for (g_str_has_suffix (events->str, "closed "));
  g_assert_cmpstr (events->str, ==, breaks_a_rule ? "1002 closed " : "closed ");
  let_go (connection);
}

static void
test_broken_end_is_an_error (void)
{
  check_broken_end (FALSE, FALSE);
  check_broken_end (FALSE, TRUE);
}

static void
test_broken_end_is_an_error_after_a_pause (void)
{
  check_broken_end (TRUE, FALSE);
  check_broken_end (TRUE, TRUE);
}

/* --- One at a time ------------------------------------------------------------------------------ */

static void
test_second_call_is_pending (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };

  wsoup_websocket_connection_receive_async (CLIENT (pair), NULL, on_received, &first);
  wsoup_websocket_connection_receive_async (CLIENT (pair), NULL, on_received, &second);
  assert_fails (&second, G_IO_ERROR, G_IO_ERROR_PENDING);
  wsoup_websocket_connection_receive_stream_async (CLIENT (pair), NULL, on_stream_received, &second);
  assert_fails (&second, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_cmpuint (first.calls, ==, 0);
  wsoup_websocket_connection_send_text (PEER (pair), "for the first");
  assert_succeeds (&first);
  g_assert_cmpuint (g_bytes_get_size (first.message), ==, 13);
}

/* Cancelled at every point: before, while it waits, and when it has a message and has not told. */
static void
test_cancelling_loses_nothing (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  for (guint turns = 0; turns < 6; turns++)
    {
      g_auto (Result) result = { 0 };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      wsoup_websocket_connection_receive_async (CLIENT (pair), cancellable, on_received, &result);
      wsoup_websocket_connection_send_text (PEER (pair), "kept");
      for (guint turn = 0; turn < turns; turn++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      wait_for (result.calls);
      if (result.message == NULL)
        {
          g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          assert_receives (CLIENT (pair), "kept");
        }
    }
}

/* --- Pausing -------------------------------------------------------------------------------------- */

static void
count_notify (GObject *connection G_GNUC_UNUSED, GParamSpec *property G_GNUC_UNUSED, guint *count)
{
  (*count)++;
}

static void
test_paused_messages_wait (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) pong = { 0 };
  guint changes = 0;

  g_signal_connect (CLIENT (pair), "notify::paused", G_CALLBACK (count_notify), &changes);
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_pause (CLIENT (pair));
  g_assert_true (wsoup_websocket_connection_get_paused (CLIENT (pair)));
  wsoup_websocket_connection_send_text (PEER (pair), "one");
  wsoup_websocket_connection_send_text (PEER (pair), "two");
  /* Control frames among what is read are answered. */
  wsoup_websocket_connection_ping_async (PEER (pair), NULL, NULL, on_ponged, &pong);
  assert_succeeds (&pong);
  g_assert_cmpuint (pair->client->messages->len, ==, 0);
  wsoup_websocket_connection_resume (CLIENT (pair));
  g_assert_false (wsoup_websocket_connection_get_paused (CLIENT (pair)));
  wait_for (pair->client->messages->len == 2);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, "one", 3);
  assert_message (pair->client, 1, WSOUP_WEBSOCKET_DATA_TEXT, "two", 3);
  g_assert_cmpuint (changes, ==, 2);
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "three");
  assert_receives (CLIENT (pair), "three");
  g_assert_false (wsoup_websocket_connection_get_paused (CLIENT (pair)));
  g_assert_cmpuint (changes, ==, 4);
}

static void
test_paused_peer_has_to_wait (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  enum { COUNT = 64 };
  Result sent[COUNT] = { 0 };
  g_autoptr (GBytes) message = zeros (MIB / 2);
  guint done = 0;

  wsoup_websocket_connection_set_max_incoming_payload_size (CLIENT (pair), 0);
  wsoup_websocket_connection_set_receive_buffer_size (CLIENT (pair), 100000);
  wsoup_websocket_connection_pause (CLIENT (pair));
  for (guint i = 0; i < COUNT; i++)
    send_async (PEER (pair), message, NULL, &sent[i]);
  wait_for (sent[0].calls);
  dispatch_what_is_ready ();
  for (guint i = 0; i < COUNT; i++)
    done += sent[i].calls;
  /* What the system buffers, and a message. */
  g_assert_cmpuint (done, <, COUNT / 2);
  g_assert_cmpuint (wsoup_websocket_connection_get_buffered_amount (PEER (pair)), >,
                    COUNT / 2 * MIB / 2);
  wsoup_websocket_connection_resume (CLIENT (pair));
  wait_for (pair->client->messages->len == COUNT);
  for (guint i = 0; i < COUNT; i++)
    {
      assert_succeeds (&sent[i]);
      g_assert_true (sent[i].ok);
    }
}

static void
note_closing (WsoupWebsocketConnection *connection G_GNUC_UNUSED, End *end)
{
  /* Longer than a turn, so that what is behind comes in another. */
  g_usleep (50000);
  g_string_append (end->events, "closing ");
}

static void
test_what_comes_behind_is_told_behind (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  /* The state itself is not held back, and may be CLOSED when this is told. */
  g_signal_handlers_disconnect_by_func (CLIENT (pair), on_closing, pair->client);
  g_signal_connect (CLIENT (pair), "closing", G_CALLBACK (note_closing), pair->client);
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "one");
  wsoup_websocket_connection_close (PEER (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (pair->peer));
  dispatch_what_is_ready ();
  g_assert_cmpstr (pair->client->events->str, ==, "");
  wsoup_websocket_connection_resume (CLIENT (pair));
  wait_for (end_is_closed (pair->client));
  g_assert_cmpstr (pair->client->events->str, ==, "message closing closed ");
}

static void
test_close_resumes (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "one");
  wsoup_websocket_connection_close (CLIENT (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_assert_false (wsoup_websocket_connection_get_paused (CLIENT (pair)));
  wait_for (end_is_closed (pair->client));
  g_assert_cmpstr (pair->client->events->str, ==, "closing message closed ");
}

static void
test_resuming_ends_receiving_by_calls (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) waiting = { 0 };

  wsoup_websocket_connection_send_text (PEER (pair), "one");
  assert_receives (CLIENT (pair), "one");
  wsoup_websocket_connection_receive_async (CLIENT (pair), NULL, on_received, &waiting);
  wsoup_websocket_connection_resume (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "two");
  wait_for (pair->client->messages->len == 1);
  g_assert_cmpuint (waiting.calls, ==, 0);
  /* A call that waits is given what is held back. */
  wsoup_websocket_connection_pause (CLIENT (pair));
  wsoup_websocket_connection_send_text (PEER (pair), "three");
  assert_succeeds (&waiting);
  g_assert_cmpuint (pair->client->messages->len, ==, 1);
}

/* --- Streams ------------------------------------------------------------------------------------- */

static void
test_stream_of_32_mib (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (32 * MIB, 0, FALSE);
  g_auto (Result) sent = { 0 };
  g_auto (Result) received = { 0 };
  Reading reading;

  /* To the server, whose limit on messages is 128 KiB. */
  wsoup_websocket_connection_send_stream_async (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY, source,
                                                G_PRIORITY_DEFAULT, NULL, on_stream_sent, &sent);
  wsoup_websocket_connection_send_text (CLIENT (pair), "behind");
  wsoup_websocket_connection_receive_stream_async (PEER (pair), NULL, on_stream_received, &received);
  assert_succeeds (&received);
  g_assert_cmpint (received.type, ==, WSOUP_WEBSOCKET_DATA_BINARY);
  /* It can be had before it was sent, and little of it is anywhere. */
  g_assert_cmpuint (sent.calls, ==, 0);
  dispatch_what_is_ready ();
  g_assert_cmpuint (sent.calls, ==, 0);
  g_assert_cmpuint (wsoup_websocket_connection_get_buffered_amount (CLIENT (pair)), <, MIB);
  g_assert_cmpuint (((Source *) source)->position, <, 24 * MIB);
  read_all (received.stream, &reading);
  g_assert_no_error (reading.error);
  g_assert_cmpuint (reading.length, ==, 32 * MIB);
  g_assert_true (reading.is_numbered);
  assert_succeeds (&sent);
  assert_receives (PEER (pair), "behind");
}

static void
test_stream_that_is_closed_is_skipped (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GInputStream) source = source_new (8 * MIB, 0, FALSE);
  g_auto (Result) sent = { 0 };
  g_auto (Result) received = { 0 };

  for (guint drops = 0; drops < 2; drops++)
    {
      ((Source *) source)->left = 8 * MIB;
      wsoup_websocket_connection_send_stream_async (CLIENT (pair), WSOUP_WEBSOCKET_DATA_BINARY,
                                                    source, G_PRIORITY_DEFAULT, NULL,
                                                    on_stream_sent, &sent);
      wsoup_websocket_connection_receive_stream_async (PEER (pair), NULL, on_stream_received,
                                                       &received);
      assert_succeeds (&received);
      if (!drops)
        g_assert_true (g_input_stream_close (received.stream, NULL, NULL));
      result_clear (&received);
      assert_succeeds (&sent);
      result_clear (&sent);
      wsoup_websocket_connection_send_text (CLIENT (pair), "next");
      assert_receives (PEER (pair), "next");
    }
}

static void
test_stream_without_an_end_fails (void)
{
  g_auto (Result) received = { 0 };
  Reading reading;
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  wsoup_websocket_connection_receive_stream_async (connection, NULL, on_stream_received, &received);
  peer_writes (peer, "\x02\3abc");
  assert_succeeds (&received);
  close (peer);
  read_all (received.stream, &reading);
  g_assert_cmpuint (reading.length, ==, 3);
  g_assert_nonnull (reading.error);
  g_clear_error (&reading.error);
  result_clear (&received);
  wsoup_websocket_connection_receive_stream_async (connection, NULL, on_stream_received, &received);
  wait_for (received.calls);
  g_assert_nonnull (received.error);
  let_go (connection);
}

static void
test_stream_keeps_the_connection (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) received = { 0 };
  Reading reading;

  wsoup_websocket_connection_send_binary (PEER (pair), "\0\1\2", 3);
  wsoup_websocket_connection_receive_stream_async (CLIENT (pair), NULL, on_stream_received,
                                                   &received);
  assert_succeeds (&received);
  read_all (received.stream, &reading);
  g_assert_cmpuint (reading.length, ==, 3);
  g_assert_true (reading.is_numbered);
  wsoup_websocket_connection_close (PEER (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  result_clear (&received);
  wsoup_websocket_connection_receive_stream_async (CLIENT (pair), NULL, on_stream_received,
                                                   &received);
  assert_succeeds (&received);
  g_assert_null (received.stream);
}

/* --- In callbacks ---------------------------------------------------------------------------------- */

static void
receive_again (GObject *source, GAsyncResult *task, gpointer data)
{
  guint *count = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = wsoup_websocket_connection_receive_finish (
    WSOUP_WEBSOCKET_CONNECTION (source), task, NULL, &error);

  g_assert_no_error (error);
  if (message == NULL)
    {
      *count = G_MAXUINT;
      return;
    }
  (*count)++;
  if (*count == 3)
    wsoup_websocket_connection_close (WSOUP_WEBSOCKET_CONNECTION (source),
                                      WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wsoup_websocket_connection_receive_async (WSOUP_WEBSOCKET_CONNECTION (source), NULL,
                                            receive_again, count);
}

static void
test_callback_may_receive_and_close (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  guint count = 0;

  for (guint i = 0; i < 3; i++)
    wsoup_websocket_connection_send_text (PEER (pair), "again");
  wsoup_websocket_connection_receive_async (CLIENT (pair), NULL, receive_again, &count);
  wait_for (count == G_MAXUINT);
}

static void
drop_connection (GObject *source, GAsyncResult *task, gpointer data)
{
  WsoupWebsocketConnection **connection = data;
  g_autoptr (GBytes) message =
    wsoup_websocket_connection_receive_finish (*connection, task, NULL, NULL);

  g_assert_true ((gpointer) source == *connection);
  g_assert_nonnull (message);
  g_clear_object (connection);
}

static void
test_callback_may_drop_the_last_reference (void)
{
  int peer;
  char byte;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);
  gpointer watched = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  wsoup_websocket_connection_receive_async (connection, NULL, drop_connection, &connection);
  peer_writes (peer, "\x81\1x\x81\1y");
  wait_for (watched == NULL);
  g_assert_cmpint (read (peer, &byte, 1), ==, 0);
  close (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/receiving/" path, Pair, "/", pair_open_plain, function, pair_close)
  ADD ("in-order", test_receives_in_order);
  g_test_add_func ("/receiving/nothing-is-lost-from-the-first-call-on",
                   test_nothing_is_lost_from_the_first_call_on);
  ADD ("orderly-end-is-null", test_orderly_end_is_null);
  ADD ("what-has-arrived-is-received-after-the-end", test_what_has_arrived_is_received_after_the_end);
  g_test_add_func ("/receiving/broken-end-is-an-error", test_broken_end_is_an_error);
  g_test_add_func ("/receiving/broken-end-is-an-error-after-a-pause",
                   test_broken_end_is_an_error_after_a_pause);
  ADD ("second-call-is-pending", test_second_call_is_pending);
  ADD ("cancelling-loses-nothing", test_cancelling_loses_nothing);
  ADD ("paused-messages-wait", test_paused_messages_wait);
  ADD ("paused-peer-has-to-wait", test_paused_peer_has_to_wait);
  ADD ("what-comes-behind-is-told-behind", test_what_comes_behind_is_told_behind);
  ADD ("close-resumes", test_close_resumes);
  ADD ("resuming-ends-receiving-by-calls", test_resuming_ends_receiving_by_calls);
  ADD ("stream-of-32-mib", test_stream_of_32_mib);
  ADD ("stream-that-is-closed-is-skipped", test_stream_that_is_closed_is_skipped);
  g_test_add_func ("/receiving/stream-without-an-end-fails", test_stream_without_an_end_fails);
  ADD ("stream-has-small-messages-and-the-end", test_stream_keeps_the_connection);
  ADD ("callback-may-receive-and-close", test_callback_may_receive_and_close);
  g_test_add_func ("/receiving/callback-may-drop-the-last-reference",
                   test_callback_may_drop_the_last_reference);
  return g_test_run ();
}
