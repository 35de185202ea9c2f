/* A server among strangers: what they may take is bounded, it listens on what others hand over, and its
 * end is orderly. */
#include "support.h"
#include <fcntl.h>
#include <unistd.h>

static void
test_limits (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);

  g_assert_cmpuint (wsoup_server_get_max_connections (server), ==, 0);
  g_assert_cmpuint (wsoup_server_get_max_connections_per_address (server), ==, 0);
  g_assert_cmpuint (wsoup_server_get_handshake_timeout (server), ==, 30);
  g_assert_cmpuint (wsoup_server_get_max_header_size (server), ==, 64 * 1024);
  g_assert_cmpuint (wsoup_server_get_max_body_size (server), ==, MIB);
  g_assert_cmpuint (wsoup_server_get_n_connections (server), ==, 0);
  g_assert_null (wsoup_server_get_connections (server));
  wsoup_server_set_max_connections (server, 1);
  wsoup_server_set_max_connections_per_address (server, 2);
  wsoup_server_set_handshake_timeout (server, 3);
  wsoup_server_set_max_header_size (server, 4);
  wsoup_server_set_max_body_size (server, G_MAXUINT64);
  g_assert_cmpuint (wsoup_server_get_max_connections (server), ==, 1);
  g_assert_cmpuint (wsoup_server_get_max_connections_per_address (server), ==, 2);
  g_assert_cmpuint (wsoup_server_get_handshake_timeout (server), ==, 3);
  g_assert_cmpuint (wsoup_server_get_max_header_size (server), ==, 4);
  g_assert_cmpuint (wsoup_server_get_max_body_size (server), ==, G_MAXUINT64);
  g_assert_finalize_object (server);
}

static void
test_per_address (Pair *pair, gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsoupMessage) message = message_to (pair->server, path);

  wsoup_server_set_max_connections_per_address (pair->server, 1);
  g_assert_null (connect_and_wait (pair->session, message, NULL, NULL, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  g_assert_cmpuint ((guint) wsoup_message_get_status (message), ==, 429);
}

typedef struct
{
  gboolean is_done, ended_in_time;
  GError *error;
} Ending;

static void
on_shut_down (GObject *server, GAsyncResult *result, gpointer data)
{
  Ending *end = data;

  end->ended_in_time =
    wsoup_server_shutdown_finish (WSOUP_SERVER (server), result, &end->error);
  g_assert_true (end->ended_in_time == (end->error == NULL));
  end->is_done = TRUE;
}

static void
test_shutdown (Pair *pair, gconstpointer path G_GNUC_UNUSED)
{
  Ending end = { FALSE, FALSE, NULL };
  GSList *connections = wsoup_server_get_connections (pair->server);

  g_assert_cmpuint (wsoup_server_get_n_connections (pair->server), ==, 1);
  g_assert_cmpuint (g_slist_length (connections), ==, 1);
  g_assert_true (connections->data == pair->peer->connection);
  g_slist_free_full (connections, g_object_unref);
  wsoup_server_shutdown_async (pair->server, WSOUP_WEBSOCKET_CLOSE_GOING_AWAY, "good bye", 10, NULL,
                               on_shut_down, &end);
  g_assert_null (wsoup_server_get_listeners (pair->server));
  g_assert_false (end.is_done);
  wait_for (end.is_done);
  g_assert_no_error (end.error);
  g_assert_true (end.ended_in_time);
  g_assert_cmpuint (wsoup_server_get_n_connections (pair->server), ==, 0);
  wait_for (end_is_closed (pair->client));
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (pair->client->connection), ==,
                    WSOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  g_assert_cmpstr (wsoup_websocket_connection_get_close_data (pair->client->connection), ==,
                   "good bye");
}

static void
pause_message (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
               const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED, gpointer paused)
{
  wsoup_server_message_pause (message);
  *(gboolean *) paused = TRUE;
}

/* A request that is never answered. */
static GSocketConnection *
ask_in_vain (WsoupServer *server, gboolean *paused)
{
  static const char request[] = "GET /paused HTTP/1.1\r\nHost: a\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *stream;

  *paused = FALSE;
  wsoup_server_add_handler (server, "/paused", pause_message, paused, NULL);
  stream = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) server_port (server),
                                            NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  wait_for (*paused);
  return stream;
}

static void
test_shutdown_ends_in_any_case (void)
{
  for (int i = 0; i < 2; i++)
    {
      WsoupServer *server = server_new (NULL);
      gboolean paused;
      GSocketConnection *stream = ask_in_vain (server, &paused);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Ending end = { FALSE, FALSE, NULL };

      wsoup_server_shutdown_async (server, WSOUP_WEBSOCKET_CLOSE_NO_STATUS, NULL, i == 0 ? 1 : 0,
                                   cancellable, on_shut_down, &end);
      dispatch_what_is_ready ();
      g_assert_false (end.is_done);
      if (i == 1)
        g_cancellable_cancel (cancellable);
      wait_for (end.is_done);
      g_assert_true (
        g_error_matches (end.error, G_IO_ERROR, i == 0 ? G_IO_ERROR_TIMED_OUT : G_IO_ERROR_CANCELLED));
      g_clear_error (&end.error);
      g_object_unref (stream);
      dispatch_what_is_ready ();
      g_assert_finalize_object (server);
    }
}

static int
listening_socket (guint16 *port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (host, 0);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_autoptr (GSocketAddress) local = NULL;

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (socket, address, TRUE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  local = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  return dup (g_socket_get_fd (socket));
}

static void
test_listen_fd (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint16 port;
  int fd = listening_socket (&port);
  int null = open ("/dev/null", O_RDONLY);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (wsoup_server_listen_fd (server, fd, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (server_port (server), ==, port);
  /* It was taken over. */
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);

  /* What was not is still the caller's. */
  g_assert_false (wsoup_server_listen_fd (server, null, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpint (close (null), ==, 0);
  g_assert_false (wsoup_server_listen_fd (server, null, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  wsoup_server_disconnect (server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (server);
}

/* In a process that has inherited two sockets. */
static void
test_listen_fds_inherited (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (wsoup_server_listen_fds (server, "none", 0, &error), ==, 0);
  g_assert_cmpint (wsoup_server_listen_fds (server, "two", 0, &error), ==, 1);
  g_assert_cmpint (wsoup_server_listen_fds (server, NULL, 0, &error), ==, 1);
  g_assert_cmpint (wsoup_server_listen_fds (server, NULL, 0, &error), ==, 0);
  g_assert_no_error (error);
  wsoup_server_disconnect (server);
  g_assert_finalize_object (server);
}

static void
test_listen_fds (void)
{
  WsoupServer *server = wsoup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", &error);
  guint16 port;

  g_assert_no_error (error);
  /* This process was not started so. */
  g_assert_cmpint (wsoup_server_listen_fds (server, NULL, 0, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_finalize_object (server);

  g_subprocess_launcher_take_fd (launcher, listening_socket (&port), 3);
  g_subprocess_launcher_take_fd (launcher, listening_socket (&port), 4);
  g_subprocess_launcher_setenv (launcher, "LISTEN_FDS", "2", TRUE);
  g_subprocess_launcher_setenv (launcher, "LISTEN_FDNAMES", "one:two", TRUE);
  child = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh", "-c",
                                       "LISTEN_PID=$$ exec \"$0\" inherited >&2", self, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
  g_assert_no_error (error);
}

#define ADD(name, function) g_test_add ("/strangers/" name, Pair, "/echo", pair_open, function, pair_close)

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "inherited"))
    {
      test_listen_fds_inherited ();
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/strangers/limits-are-what-was-set", test_limits);
  ADD ("further-connections-of-an-address-are-refused", test_per_address);
  ADD ("shutdown-closes-all-in-order", test_shutdown);
  g_test_add_func ("/strangers/shutdown-ends-in-any-case", test_shutdown_ends_in_any_case);
  g_test_add_func ("/strangers/descriptor-is-taken-over-if-it-listens", test_listen_fd);
  g_test_add_func ("/strangers/inherited-sockets-are-taken-over-by-name", test_listen_fds);
  return g_test_run ();
}
