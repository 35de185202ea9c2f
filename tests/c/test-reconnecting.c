/* What a client that stays connected promises: it comes back, gives up when that makes no sense, keeps
 * messages, and lets its handlers decide. */
#include "support.h"

typedef struct
{
  WsoupServer *server;
  WsoupSession *session;
  WsoupReconnectingClient *client;
  GString *events;                    /* names of the signals in order, each followed by a space */
  GString *received;                  /* messages, each followed by a space */
  WsoupWebsocketConnection *accepted; /* the last one of the server */
  WsoupMessage *held;
  guint requests;
  gboolean goes_on;
} Fixture;

static void
on_accepted (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
             const char *path G_GNUC_UNUSED, WsoupWebsocketConnection *connection,
             gpointer fixture)
{
  g_set_object (&((Fixture *) fixture)->accepted, connection);
}

static void
on_refused (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
            const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED, gpointer fixture)
{
  ((Fixture *) fixture)->requests++;
  wsoup_server_message_set_status (message, WSOUP_STATUS_FORBIDDEN, NULL);
}

static gboolean
on_prepare (WsoupReconnectingClient *client G_GNUC_UNUSED, WsoupMessage *message,
            Fixture *fixture)
{
  g_string_append (fixture->events, "prepare ");
  g_assert_true (WSOUP_IS_MESSAGE (message));
  return FALSE;
}

static gboolean
on_attempt_failed (WsoupReconnectingClient *client G_GNUC_UNUSED, WsoupMessage *message,
                   GError *error, gboolean is_final, Fixture *fixture)
{
  g_assert_true (WSOUP_IS_MESSAGE (message));
  g_assert_nonnull (error);
  g_string_append_printf (fixture->events, "attempt-failed%s ", is_final ? "!" : "");
  return fixture->goes_on;
}

static void
on_client_connected (WsoupReconnectingClient *client, WsoupWebsocketConnection *connection,
                     Fixture *fixture)
{
  g_assert_true (wsoup_reconnecting_client_get_connection (client) == connection);
  g_string_append (fixture->events, "connected ");
}

static gboolean
on_disconnected (WsoupReconnectingClient *client, WsoupWebsocketConnection *connection,
                 GError *error, gboolean is_final, Fixture *fixture)
{
  g_assert_null (wsoup_reconnecting_client_get_connection (client));
  g_string_append_printf (fixture->events, "disconnected-%u%s%s ",
                          wsoup_websocket_connection_get_close_code (connection),
                          is_final ? "!" : "", error ? "e" : "");
  return FALSE;
}

static void
on_client_message (WsoupReconnectingClient *client G_GNUC_UNUSED, int type, GBytes *message,
                   Fixture *fixture)
{
  g_assert_cmpint (type, ==, WSOUP_WEBSOCKET_DATA_TEXT);
  g_string_append_printf (fixture->received, "%s ",
                          (const char *) g_bytes_get_data (message, NULL));
}

static void
on_failed (WsoupReconnectingClient *client G_GNUC_UNUSED, GError *error, Fixture *fixture)
{
  g_assert_nonnull (error);
  g_string_append (fixture->events, "failed ");
}

static WsoupReconnectingClient *
client_new (Fixture *fixture, const char *uri)
{
  const char *protocols[] = { "one", "two", NULL };
  WsoupReconnectingClient *client =
    wsoup_reconnecting_client_new (fixture->session, uri, "http://example.org",
                                   (char **) protocols);

  wsoup_reconnecting_client_set_initial_delay (client, 1);
  wsoup_reconnecting_client_set_max_delay (client, 20);
  g_signal_connect (client, "prepare", G_CALLBACK (on_prepare), fixture);
  g_signal_connect (client, "attempt-failed", G_CALLBACK (on_attempt_failed), fixture);
  g_signal_connect (client, "connected", G_CALLBACK (on_client_connected), fixture);
  g_signal_connect (client, "disconnected", G_CALLBACK (on_disconnected), fixture);
  g_signal_connect (client, "message", G_CALLBACK (on_client_message), fixture);
  g_signal_connect (client, "failed", G_CALLBACK (on_failed), fixture);
  return client;
}

static void
fixture_open (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *uri = NULL;
  const char *protocols[] = { "two", NULL };

  fixture->server = server_new (NULL);
  fixture->events = g_string_new (NULL);
  fixture->received = g_string_new (NULL);
  fixture->session = wsoup_session_new ();
  wsoup_server_add_websocket_handler (fixture->server, "/chat", NULL, (char **) protocols,
                                      on_accepted, fixture, NULL);
  wsoup_server_add_handler (fixture->server, "/refused", on_refused, fixture, NULL);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/chat", server_port (fixture->server));
  fixture->client = client_new (fixture, uri);
}

static void
fixture_close (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  wsoup_reconnecting_client_stop (fixture->client);
  wait_for (wsoup_reconnecting_client_get_state (fixture->client) ==
            WSOUP_RECONNECTING_STATE_STOPPED);
  let_go (fixture->client);
  g_clear_object (&fixture->held);
  g_clear_object (&fixture->accepted);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->session);
  wsoup_server_disconnect (fixture->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (fixture->server);
  g_string_free (fixture->events, TRUE);
  g_string_free (fixture->received, TRUE);
}

static gboolean
is_in (Fixture *fixture, WsoupReconnectingState state)
{
  return wsoup_reconnecting_client_get_state (fixture->client) == state;
}

static void
test_comes_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  wsoup_reconnecting_client_start (fixture->client);
  wait_for (fixture->accepted != NULL && is_in (fixture, WSOUP_RECONNECTING_STATE_CONNECTED));
  g_assert_cmpstr (wsoup_websocket_connection_get_protocol (
                     wsoup_reconnecting_client_get_connection (fixture->client)),
                   ==, "two");
  wsoup_websocket_connection_send_text (fixture->accepted, "welcome");
  wait_for (g_str_equal (fixture->received->str, "welcome "));
  wsoup_websocket_connection_close (fixture->accepted, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  wait_for (g_str_equal (fixture->events->str,
                         "prepare connected disconnected-1001 prepare connected "));
  g_assert_cmpuint (wsoup_reconnecting_client_get_attempts (fixture->client), ==, 0);
  g_assert_cmpint (wsoup_reconnecting_client_get_retry_at (fixture->client), ==, 0);
  wsoup_reconnecting_client_stop (fixture->client);
  g_assert_true (is_in (fixture, WSOUP_RECONNECTING_STATE_STOPPING));
  wait_for (is_in (fixture, WSOUP_RECONNECTING_STATE_STOPPED));
  g_assert_true (g_str_has_suffix (fixture->events->str, "disconnected-1000! "));
}

static void
test_gives_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *uri =
    g_strdup_printf ("ws://127.0.0.1:%u/refused", server_port (fixture->server));
  g_autoptr (GError) error = NULL;

  g_object_unref (fixture->client);
  fixture->client = client_new (fixture, uri);
  fixture->goes_on = TRUE;
  wsoup_reconnecting_client_start (fixture->client);
  wait_for (fixture->requests == 3);
  fixture->goes_on = FALSE;
  wait_for (is_in (fixture, WSOUP_RECONNECTING_STATE_FAILED));
  g_assert_true (g_str_has_prefix (fixture->events->str, "prepare attempt-failed! prepare "));
  g_assert_true (g_str_has_suffix (fixture->events->str, "prepare attempt-failed! failed "));
  g_assert_false (wsoup_reconnecting_client_send_text (fixture->client, "a", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
}

static void
on_queued_message (WsoupWebsocketConnection *connection G_GNUC_UNUSED, int type G_GNUC_UNUSED,
                   GBytes *message, Fixture *fixture)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  g_string_append_len (fixture->received, data, (gssize) length);
  g_string_append (fixture->received, " ");
}

static void
note_messages (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
               const char *path G_GNUC_UNUSED, WsoupWebsocketConnection *connection,
               gpointer fixture)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_queued_message), fixture);
}

static void
test_queues (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  WsoupReconnectingClient *client = fixture->client;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("three", 5);
  g_autoptr (GBytes) latin1 = g_bytes_new_static ("\xe9", 1);
  g_autoptr (GError) error = NULL;

  wsoup_reconnecting_client_set_max_queued_amount (client, 3 * 64 + 14);
  g_assert_true (wsoup_reconnecting_client_send_text (client, "one", &error));
  g_assert_true (wsoup_reconnecting_client_send_binary (client, "two", 3, &error));
  g_assert_true (
    wsoup_reconnecting_client_send_message (client, WSOUP_WEBSOCKET_DATA_TEXT, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (wsoup_reconnecting_client_get_queued_amount (client), ==, 11);
  g_assert_false (wsoup_reconnecting_client_send_binary (client, NULL, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);
  g_assert_false (
    wsoup_reconnecting_client_send_message (client, WSOUP_WEBSOCKET_DATA_TEXT, latin1, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_DATA);
  g_clear_error (&error);
  wsoup_reconnecting_client_set_offline_policy (client, WSOUP_OFFLINE_POLICY_REFUSE);
  g_assert_false (wsoup_reconnecting_client_send_text (client, "four", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);

  wsoup_server_remove_handler (fixture->server, "/chat");
  wsoup_server_add_websocket_handler (fixture->server, "/chat", NULL, NULL, note_messages, fixture,
                                      NULL);
  wsoup_reconnecting_client_start (client);
  wait_for (g_str_equal (fixture->received->str, "one two three "));
  wait_for (wsoup_reconnecting_client_get_queued_amount (client) == 0);
}

static gboolean
on_prepare_hold (WsoupReconnectingClient *client G_GNUC_UNUSED, WsoupMessage *message,
                 Fixture *fixture)
{
  g_set_object (&fixture->held, message);
  return TRUE;
}

static void
test_holds (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_signal_connect (fixture->client, "prepare", G_CALLBACK (on_prepare_hold), fixture);
  wsoup_reconnecting_client_start (fixture->client);
  wait_for (fixture->held != NULL);
  dispatch_what_is_ready ();
  g_assert_null (fixture->accepted);
  wsoup_reconnecting_client_proceed (fixture->client);
  wait_for (is_in (fixture, WSOUP_RECONNECTING_STATE_CONNECTED));
}

static void
test_properties (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  WsoupReconnectingClient *client = fixture->client;
  g_autoptr (GUri) uri = g_uri_parse ("wss://example.org/a", G_URI_FLAGS_NONE, NULL);
  g_autoptr (WsoupReconnectingClient) other =
    wsoup_reconnecting_client_new_from_uri (fixture->session, uri, NULL, NULL);
  g_auto (GStrv) protocols = wsoup_reconnecting_client_get_protocols (client);

  g_assert_null (wsoup_reconnecting_client_new (fixture->session, "/chat", NULL, NULL));
  g_assert_cmpstr (g_uri_get_host (wsoup_reconnecting_client_get_uri (other)), ==, "example.org");
  g_assert_true (wsoup_reconnecting_client_get_session (client) == fixture->session);
  g_assert_cmpstr (wsoup_reconnecting_client_get_origin (client), ==, "http://example.org");
  g_assert_cmpstr (protocols[1], ==, "two");
  wsoup_reconnecting_client_set_backoff_factor (client, 1.5);
  wsoup_reconnecting_client_set_stable_time (client, 3);
  wsoup_reconnecting_client_set_attempt_timeout (client, 4);
  wsoup_reconnecting_client_set_keepalive_interval (client, 5);
  wsoup_reconnecting_client_set_keepalive_pong_timeout (client, 6);
  g_assert_cmpuint (wsoup_reconnecting_client_get_initial_delay (client), ==, 1);
  g_assert_cmpuint (wsoup_reconnecting_client_get_max_delay (client), ==, 20);
  g_assert_cmpfloat (wsoup_reconnecting_client_get_backoff_factor (client), ==, 1.5);
  g_assert_cmpuint (wsoup_reconnecting_client_get_stable_time (client), ==, 3);
  g_assert_cmpuint (wsoup_reconnecting_client_get_attempt_timeout (client), ==, 4);
  g_assert_cmpuint (wsoup_reconnecting_client_get_keepalive_interval (client), ==, 5);
  g_assert_cmpuint (wsoup_reconnecting_client_get_keepalive_pong_timeout (client), ==, 6);
  g_assert_cmpint (wsoup_reconnecting_client_get_offline_policy (client), ==,
                   WSOUP_OFFLINE_POLICY_QUEUE);
  g_assert_cmpuint (wsoup_reconnecting_client_get_max_queued_amount (client), ==, MIB);
}

static void
test_wrong_arguments (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  WsoupReconnectingClient *client = fixture->client;

  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL,
                         "*wsoup_reconnecting_client_start*WSOUP_IS_RECONNECTING_CLIENT*");
  wsoup_reconnecting_client_start ((gpointer) fixture->session);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*initial_delay >= 1*");
  wsoup_reconnecting_client_set_initial_delay (client, 0);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*factor >= 1*");
  wsoup_reconnecting_client_set_backoff_factor (client, 0.5);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*isfinite (factor)*");
  wsoup_reconnecting_client_set_backoff_factor (client, 1 / 0.0);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*policy is a value of*");
  wsoup_reconnecting_client_set_offline_policy (client, (WsoupOfflinePolicy) 7);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*g_utf8_validate (text*");
  g_assert_false (wsoup_reconnecting_client_send_text (client, "\xe9", NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (wsoup_reconnecting_client_get_initial_delay (client), ==, 1);
  g_assert_cmpuint (wsoup_reconnecting_client_get_queued_amount (client), ==, 0);
}

static void
stop_on_message (WsoupReconnectingClient *client, int type G_GNUC_UNUSED,
                 GBytes *message G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  wsoup_reconnecting_client_stop (client);
}

static void
greet_and_go (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
              const char *path G_GNUC_UNUSED, WsoupWebsocketConnection *connection, gpointer data)
{
  guint *connections = data;

  if (++*connections < 3)
    wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  else
    wsoup_websocket_connection_send_text (connection, "welcome");
}

static void
drop_client (WsoupReconnectingClient *client, GParamSpec *property G_GNUC_UNUSED,
             gpointer data G_GNUC_UNUSED)
{
  g_signal_handlers_disconnect_by_func (client, drop_client, NULL);
  g_object_unref (client);
}

/* The only reference may go while a function of the client runs. */
static void
test_drop_while_starting (void)
{
  WsoupSession *session = wsoup_session_new ();
  WsoupReconnectingClient *client =
    wsoup_reconnecting_client_new (session, "ws://127.0.0.1:1/", NULL, NULL);

  g_object_add_weak_pointer (G_OBJECT (client), (gpointer *) &client);
  g_signal_connect (client, "notify::state", G_CALLBACK (drop_client), NULL);
  wsoup_reconnecting_client_start (client);
  g_assert_null (client);
  let_go (session);
}

typedef struct
{
  GMainContext *context;
  WsoupReconnectingClient *client;
} Run;

static gpointer
run_until_stopped (gpointer data)
{
  Run *run = data;

  g_main_context_push_thread_default (run->context);
  while (wsoup_reconnecting_client_get_state (run->client) != WSOUP_RECONNECTING_STATE_STOPPED)
    g_main_context_iteration (run->context, TRUE);
  g_main_context_pop_thread_default (run->context);
  return NULL;
}

/* What is made in one thread lives in a context that another one runs. */
static void
test_thread (void)
{
  Run run = { g_main_context_new (), NULL };
  WsoupServer *server;
  WsoupSession *session;
  g_autofree char *uri = NULL;
  guint connections = 0;

  g_main_context_push_thread_default (run.context);
  server = server_new (NULL);
  session = wsoup_session_new ();
  wsoup_server_add_websocket_handler (server, NULL, NULL, NULL, greet_and_go, &connections, NULL);
  uri = g_strdup_printf ("ws://127.0.0.1:%u/", server_port (server));
  run.client = wsoup_reconnecting_client_new (session, uri, NULL, NULL);
  wsoup_reconnecting_client_set_initial_delay (run.client, 1);
  g_signal_connect (run.client, "message", G_CALLBACK (stop_on_message), NULL);
  wsoup_reconnecting_client_send_text (run.client, "hello", NULL);
  wsoup_reconnecting_client_start (run.client);
  g_main_context_pop_thread_default (run.context);

  g_thread_join (g_thread_new ("context", run_until_stopped, &run));
  g_assert_cmpuint (connections, ==, 3);

  g_assert_finalize_object (run.client);
  wsoup_server_disconnect (server);
  while (g_main_context_iteration (run.context, FALSE))
    ;
  g_assert_finalize_object (session);
  g_assert_finalize_object (server);
  g_main_context_unref (run.context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(name, test)                                                                         \
  g_test_add ("/c/reconnecting/" name, Fixture, NULL, fixture_open, test, fixture_close)
  add ("comes-back", test_comes_back);
  add ("gives-up-after-what-would-be-repeated", test_gives_up);
  add ("queues-up-to-a-bound", test_queues);
  add ("holds-an-attempt", test_holds);
  add ("has-properties", test_properties);
  add ("refuses-wrong-arguments", test_wrong_arguments);
  g_test_add_func ("/c/reconnecting/may-be-dropped-while-it-starts", test_drop_while_starting);
  g_test_add_func ("/c/reconnecting/lives-in-a-context-that-another-thread-runs", test_thread);
  return g_test_run ();
}
