/* What a peer says byte by byte, and handlers that let go of the connection: see also
 * tests/reentrancy.rs. Run under valgrind too. */

#include "support.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>
#include <unistd.h>

/* A client on one end of a socket pair; the other end is a number. */
static WsoupWebsocketConnection *
client_new (int *far)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://example.invalid/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, sockets), ==, 0);
  *far = sockets[1];
  socket = g_socket_new_from_fd (sockets[0], NULL);
  stream = g_socket_connection_factory_create_connection (socket);
  return wsoup_websocket_connection_new (G_IO_STREAM (stream), uri,
                                         WSOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
}

static void
say (int far, const char *bytes, gsize length)
{
  g_assert_cmpint (write (far, bytes, length), ==, (gssize) length);
}

static void
test_pong_payload (void)
{
  static const char payload[] = { 'a', '\0', 'b', '\xff', '\0' };
  const guint8 *got;
  gsize length;
  int far;
  End *end = end_new (client_new (&far));

  say (far, "\x8a\x05" "a\0b\xff\0" "\x8a\0", 9);
  wait_for (end->pongs->len == 2);
  got = g_bytes_get_data (g_ptr_array_index (end->pongs, 0), &length);
  g_assert_cmpmem (got, length, payload, sizeof payload);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (end->pongs, 1)), ==, 0);
  close (far);
  wait_for (end_is_closed (end));
  end_free (end);
}

typedef struct
{
  GClosure closure;
  gboolean closes;
  WsoupWebsocketConnection **last;
} LetGo;

/* A handler for signals with any arguments. */
static void
let_go_of_it (GClosure *closure, GValue *result G_GNUC_UNUSED, guint n_values G_GNUC_UNUSED,
              const GValue *values, gpointer hint G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  LetGo *handler = (LetGo *) closure;
  WsoupWebsocketConnection *connection = g_value_get_object (values);

  if (handler->closes)
    {
      wsoup_websocket_connection_send_text (connection, "from a handler");
      if (wsoup_websocket_connection_get_state (connection) == WSOUP_WEBSOCKET_STATE_OPEN)
        wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, "enough");
    }
  g_clear_object (handler->last);
  /* The emission keeps it alive. */
  g_assert_cmpint (wsoup_websocket_connection_get_connection_type (connection), ==,
                   WSOUP_WEBSOCKET_CONNECTION_CLIENT);
}

/* The last reference goes in the first handler of each signal. */
static void
test_last_reference (gconstpointer data)
{
  const char *signal = data;

  for (int closes = 0; closes < 2; closes++)
    {
      LetGo *handler = (LetGo *) g_closure_new_simple (sizeof (LetGo), NULL);
      WsoupWebsocketConnection *last;
      WsoupWebsocketConnection *weak;
      int far;

      last = client_new (&far);
      weak = last;
      g_object_add_weak_pointer (G_OBJECT (weak), (gpointer *) &weak);
      handler->closes = closes;
      handler->last = &last;
      g_closure_set_marshal (&handler->closure, let_go_of_it);
      g_signal_connect_closure (last, signal, &handler->closure, FALSE);
      /* A message, a pong, and what is no frame or a close. */
      say (far, "\x81\x02hi\x8a\x01p", 7);
      if (g_str_equal (signal, "error"))
        say (far, "\x83\0", 2);
      else
        say (far, "\x88\x02\x03\xe8", 4);
      g_assert_cmpint (shutdown (far, SHUT_WR), ==, 0);
      wait_for (weak == NULL);
      g_assert_null (last);
      close (far);
    }
}

/* The server goes in the callback that is told of its first connection. */
static void
on_connected_to (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
                 const char *path G_GNUC_UNUSED,
                 WsoupWebsocketConnection *connection G_GNUC_UNUSED, gpointer last)
{
  g_clear_object ((WsoupServer **) last);
}

static void
on_closed_quit (WsoupWebsocketConnection *connection G_GNUC_UNUSED, gboolean *is_closed)
{
  *is_closed = TRUE;
}

static void
on_connect_result (GObject *session, GAsyncResult *result, gpointer connection)
{
  g_autoptr (GError) error = NULL;

  *(WsoupWebsocketConnection **) connection =
    wsoup_session_websocket_connect_finish (WSOUP_SESSION (session), result, &error);
  g_assert_no_error (error);
}

static void
test_server_let_go (void)
{
  WsoupServer *server = server_new (NULL);
  WsoupServer *weak = server;
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupMessage) message = message_to (server, "/");
  WsoupWebsocketConnection *connection = NULL;
  gboolean is_closed = FALSE;

  g_object_add_weak_pointer (G_OBJECT (server), (gpointer *) &weak);
  wsoup_server_add_websocket_handler (server, NULL, NULL, NULL, on_connected_to, &server, NULL);
  wsoup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                         on_connect_result, &connection);
  wait_for (connection != NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed_quit), &is_closed);
  wait_for (weak == NULL && is_closed);
  g_assert_null (server);
  g_object_unref (connection);
}

int
main (int argc, char **argv)
{
  static const char *const signals[] = { "message", "pong",   "error",
                                         "closing", "closed", "notify::state" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faults/pong-has-the-payload-of-the-peer", test_pong_payload);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *path = g_strconcat ("/faults/last-reference-dropped-in/", signals[i], NULL);

      g_test_add_data_func (path, signals[i], test_last_reference);
    }
  g_test_add_func ("/faults/server-dropped-in-its-handler", test_server_let_go);
  return g_test_run ();
}
