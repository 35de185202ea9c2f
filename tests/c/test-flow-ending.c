/* What is promised about knowing whether the peer is there, about the end, and about threads. */
#include "flow.h"

#define CLIENT(pair) ((pair)->client->connection)
#define PEER(pair) ((pair)->peer->connection)

/* --- Pings ----------------------------------------------------------------------------------------- */

static void
test_ping_is_answered (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("are you there?", 14);
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };
  gint64 begin = g_get_monotonic_time ();

  wsoup_websocket_connection_ping_async (CLIENT (pair), payload, NULL, on_ponged, &first);
  wsoup_websocket_connection_ping_async (CLIENT (pair), NULL, NULL, on_ponged, &second);
  assert_succeeds (&first);
  assert_succeeds (&second);
  g_assert_cmpint (first.time, >=, 0);
  g_assert_cmpint (first.time, <=, g_get_monotonic_time () - begin);
  wait_for (pair->client->pongs->len == 2);
  g_assert_true (g_bytes_equal (pair->client->pongs->pdata[0], payload));
  /* It gets a payload of its own. */
  g_assert_cmpuint (g_bytes_get_size (pair->client->pongs->pdata[1]), >, 0);
}

static void
test_ping_overtakes_messages (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) much = zeros (MIB);
  Result sent[16] = { 0 };
  g_auto (Result) pong = { 0 };
  guint done = 0;

  wsoup_websocket_connection_set_max_incoming_payload_size (PEER (pair), 0);
  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    send_async (CLIENT (pair), much, NULL, &sent[i]);
  wsoup_websocket_connection_ping_async (CLIENT (pair), NULL, NULL, on_ponged, &pong);
  assert_succeeds (&pong);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    done += sent[i].calls;
  g_assert_cmpuint (done, <, G_N_ELEMENTS (sent));
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    assert_succeeds (&sent[i]);
}

static void
test_ping_fails (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) too_long = zeros (126);
  g_autoptr (GBytes) longest = zeros (125);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_ping_async (CLIENT (pair), too_long, NULL, on_ponged, &result);
  wait_for (result.calls);
  g_assert_cmpint (result.time, ==, -1);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  wsoup_websocket_connection_ping_async (CLIENT (pair), longest, NULL, on_ponged, &result);
  assert_succeeds (&result);
  result_clear (&result);
  wsoup_websocket_connection_ping_async (CLIENT (pair), NULL, cancellable, on_ponged, &result);
  g_cancellable_cancel (cancellable);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wsoup_websocket_connection_close (CLIENT (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wsoup_websocket_connection_ping_async (CLIENT (pair), NULL, NULL, on_ponged, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_ping_fails_with_the_connection (void)
{
  g_auto (Result) result = { 0 };
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  wsoup_websocket_connection_ping_async (connection, NULL, NULL, on_ponged, &result);
  close (peer);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  let_go (connection);
}

static void
count_notify (GObject *connection G_GNUC_UNUSED, GParamSpec *property G_GNUC_UNUSED, guint *count)
{
  (*count)++;
}

static void
test_keepalive_measures_the_latency (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  guint changes = 0;

  g_assert_cmpint (wsoup_websocket_connection_get_latency (CLIENT (pair)), ==, -1);
  g_signal_connect (CLIENT (pair), "notify::latency", G_CALLBACK (count_notify), &changes);
  wsoup_websocket_connection_set_keepalive_interval (CLIENT (pair), 1);
  wait_for (changes > 0);
  g_assert_cmpint (wsoup_websocket_connection_get_latency (CLIENT (pair)), >=, 0);
  g_signal_handlers_disconnect_by_data (CLIENT (pair), &changes);
}

static void
note_error (WsoupWebsocketConnection *connection G_GNUC_UNUSED, GError *error, GError **told)
{
  g_assert_null (*told);
  *told = g_error_copy (error);
}

static void
test_silent_peer_is_taken_for_gone (void)
{
  g_autoptr (GError) told = NULL;
  guint8 frame[8];
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  g_signal_connect (connection, "error", G_CALLBACK (note_error), &told);
  wsoup_websocket_connection_set_idle_timeout (connection, 1);
  wait_for (told);
  g_assert_error (told, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_POLICY_VIOLATION);
  dispatch_what_is_ready ();
  g_assert_cmpint (read (peer, frame, sizeof frame), ==, 8);
  g_assert_cmphex (frame[0], ==, 0x88);
  /* RFC 6455 §5.3 */
  g_assert_cmpuint ((frame[6] ^ frame[2]) << 8 | (frame[7] ^ frame[3]), ==,
                    WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  close (peer);
  wait_for (wsoup_websocket_connection_get_state (connection) == WSOUP_WEBSOCKET_STATE_CLOSED);
  let_go (connection);
}

/* --- Closing --------------------------------------------------------------------------------------- */

static void
close_async (WsoupWebsocketConnection *connection, Result *result)
{
  wsoup_websocket_connection_close_async (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, "done", NULL,
                                          on_close_done, result);
}

static void
note_name (GObject *connection G_GNUC_UNUSED, GParamSpec *property, End *end)
{
  g_string_append_printf (end->events, "%s ", property->name);
}

static void
test_close_waits_for_the_end (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (Result) first = { 0 };
  g_auto (Result) second = { 0 };
  g_autofree char *reason = NULL;
  guint code = 0;

  g_signal_connect (PEER (pair), "notify::close-code", G_CALLBACK (note_name), pair->peer);
  g_signal_connect (PEER (pair), "notify::close-reason", G_CALLBACK (note_name), pair->peer);
  g_signal_connect (PEER (pair), "notify::closed-cleanly", G_CALLBACK (note_name), pair->peer);
  wsoup_websocket_connection_send_text (CLIENT (pair), "before");
  close_async (CLIENT (pair), &first);
  close_async (CLIENT (pair), &second);
  assert_succeeds (&first);
  g_assert_true (first.ok);
  g_assert_true (end_is_closed (pair->client));
  assert_succeeds (&second);
  wait_for (end_is_closed (pair->peer));
  g_assert_cmpstr (pair->client->events->str, ==, "closing closed ");
  g_assert_cmpstr (pair->peer->events->str, ==,
                   "message close-code close-reason closing closed-cleanly closed ");
  g_assert_true (wsoup_websocket_connection_get_closed_cleanly (CLIENT (pair)));
  g_assert_true (wsoup_websocket_connection_get_closed_cleanly (PEER (pair)));
  g_object_get (PEER (pair), "close-code", &code, "close-reason", &reason, NULL);
  g_assert_cmpuint (code, ==, WSOUP_WEBSOCKET_CLOSE_NORMAL);
  g_assert_cmpstr (reason, ==, "done");
  /* Of one that is closed. */
  result_clear (&first);
  close_async (CLIENT (pair), &first);
  assert_succeeds (&first);
}

static void
test_cancelled_close_closes_all_the_same (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) result = { 0 };

  g_cancellable_cancel (cancellable);
  wsoup_websocket_connection_close_async (CLIENT (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL,
                                          cancellable, on_close_done, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_for (end_is_closed (pair->peer));
}

static void
test_close_times_out (void)
{
  g_auto (Result) result = { 0 };
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  g_assert_cmpuint (wsoup_websocket_connection_get_close_timeout (connection), ==, 5);
  wsoup_websocket_connection_set_close_timeout (connection, 1);
  close_async (connection, &result);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_false (wsoup_websocket_connection_get_closed_cleanly (connection));
  let_go (connection);
  close (peer);
}

static void
test_close_without_an_answer_fails (void)
{
  g_auto (Result) result = { 0 };
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);

  close_async (connection, &result);
  dispatch_what_is_ready ();
  close (peer);
  assert_fails (&result, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_false (wsoup_websocket_connection_get_closed_cleanly (connection));
  let_go (connection);
}

static void
test_close_sends_what_waits_first (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) much = zeros (MIB);
  Result sent[4] = { 0 };
  g_auto (Result) closed = { 0 };

  wsoup_websocket_connection_set_max_incoming_payload_size (PEER (pair), 0);
  wsoup_websocket_connection_set_max_total_message_size (PEER (pair), 0);
  for (guint i = 0; i < 4; i++)
    send_async (CLIENT (pair), much, NULL, &sent[i]);
  close_async (CLIENT (pair), &closed);
  for (guint i = 0; i < 4; i++)
    {
      assert_succeeds (&sent[i]);
      result_clear (&sent[i]);
    }
  assert_succeeds (&closed);
  g_assert_cmpuint (pair->peer->messages->len, ==, 4);
}

static void
drop_in_callback (GObject *source G_GNUC_UNUSED, GAsyncResult *task, gpointer data)
{
  WsoupWebsocketConnection **connection = data;

  g_assert_false (wsoup_websocket_connection_close_finish (*connection, task, NULL));
  g_clear_object (connection);
}

static void
test_close_callback_may_drop_the_last_reference (void)
{
  int peer;
  WsoupWebsocketConnection *connection = connection_to_bytes (&peer, NULL);
  gpointer watched = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &watched);
  wsoup_websocket_connection_close_async (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL, NULL,
                                          drop_in_callback, &connection);
  close (peer);
  wait_for (watched == NULL);
}

/* --- Threads ----------------------------------------------------------------------------------------- */

enum
{
  THREADS = 4,
  MESSAGES = 10000
};

typedef struct
{
  WsoupWebsocketConnection *connection;
  guint number;
} Sender;

static gpointer
send_all (gpointer data)
{
  Sender *sender = data;

  for (guint i = 0; i < MESSAGES; i++)
    {
      guint32 words[2] = { sender->number, i };
      g_autoptr (GBytes) message = g_bytes_new (words, sizeof words);
      g_autoptr (GError) error = NULL;

      switch (i % 3)
        {
        case 0:
          wsoup_websocket_connection_send_binary (sender->connection, words, sizeof words);
          break;
        case 1:
          wsoup_websocket_connection_send_message (sender->connection,
                                                   WSOUP_WEBSOCKET_DATA_BINARY, message);
          break;
        default:
          g_assert_true (wsoup_websocket_connection_try_send_message (
            sender->connection, WSOUP_WEBSOCKET_DATA_BINARY, message, &error));
          g_assert_no_error (error);
        }
    }
  return NULL;
}

static void
test_threads_send_in_order (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  GThread *threads[THREADS];
  Sender senders[THREADS];
  guint next[THREADS] = { 0 };

  for (guint i = 0; i < THREADS; i++)
    {
      senders[i] = (Sender){ CLIENT (pair), i };
      threads[i] = g_thread_new ("sender", send_all, &senders[i]);
    }
  wait_for (pair->peer->messages->len == THREADS * MESSAGES);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < pair->peer->messages->len; i++)
    {
      const guint32 *words = g_bytes_get_data (pair->peer->messages->pdata[i], NULL);

      g_assert_cmpuint (words[0], <, THREADS);
      g_assert_cmpuint (words[1], ==, next[words[0]]++);
    }
}

typedef struct
{
  WsoupWebsocketConnection *connection;
  GError *text;
  GError *binary;
  guint sent;
} Attempt;

static gpointer
send_until_it_fails (gpointer data)
{
  Attempt *attempt = data;

  while (wsoup_websocket_connection_try_send_text (attempt->connection, "0123456789", &attempt->text))
    attempt->sent++;
  g_assert_false (wsoup_websocket_connection_try_send_binary (attempt->connection, "0123456789", 10,
                                                              &attempt->binary));
  return NULL;
}

static void
test_threads_are_told (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  Attempt attempt = { CLIENT (pair), NULL, NULL, 0 };

  wsoup_websocket_connection_set_max_buffered_amount (CLIENT (pair), 100);
  /* Nobody runs the context meanwhile: nothing is taken. */
  g_thread_join (g_thread_new ("sender", send_until_it_fails, &attempt));
  g_assert_error (attempt.text, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_error (attempt.binary, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (attempt.sent, ==, 10);
  g_assert_cmpuint (wsoup_websocket_connection_get_buffered_amount (CLIENT (pair)), ==, 100);
  wait_for (pair->peer->messages->len == 10);
  g_clear_error (&attempt.text);
  g_clear_error (&attempt.binary);
  wsoup_websocket_connection_close (CLIENT (pair), WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (pair->client));
  g_thread_join (g_thread_new ("sender", send_until_it_fails, &attempt));
  g_assert_error (attempt.text, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_error (attempt.binary, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&attempt.text);
  g_clear_error (&attempt.binary);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/ending/" path, Pair, "/", pair_open_plain, function, pair_close)
  ADD ("ping-is-answered", test_ping_is_answered);
  ADD ("ping-overtakes-messages", test_ping_overtakes_messages);
  ADD ("ping-fails", test_ping_fails);
  g_test_add_func ("/ending/ping-fails-with-the-connection", test_ping_fails_with_the_connection);
  ADD ("keepalive-measures-the-latency", test_keepalive_measures_the_latency);
  g_test_add_func ("/ending/silent-peer-is-taken-for-gone", test_silent_peer_is_taken_for_gone);
  ADD ("close-waits-for-the-end", test_close_waits_for_the_end);
  ADD ("cancelled-close-closes-all-the-same", test_cancelled_close_closes_all_the_same);
  g_test_add_func ("/ending/close-times-out", test_close_times_out);
  g_test_add_func ("/ending/close-without-an-answer-fails", test_close_without_an_answer_fails);
  ADD ("close-sends-what-waits-first", test_close_sends_what_waits_first);
  g_test_add_func ("/ending/close-callback-may-drop-the-last-reference",
                   test_close_callback_may_drop_the_last_reference);
  ADD ("threads-send-in-order", test_threads_send_in_order);
  ADD ("threads-are-told", test_threads_are_told);
  return g_test_run ();
}
