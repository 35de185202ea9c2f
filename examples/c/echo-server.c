/* Sends back every message, on every path.
 *
 *   echo-server [PORT]
 */

#include <wsoup/wsoup.h>

static void
on_message (WsoupWebsocketConnection *connection,
            int                       type,
            GBytes                   *message,
            gpointer                  user_data)
{
  wsoup_websocket_connection_send_message (connection, type, message);
}

/* The server keeps the connection until it is closed. */
static void
on_connected (WsoupServer              *server,
              WsoupServerMessage       *message,
              const char               *path,
              WsoupWebsocketConnection *connection,
              gpointer                  user_data)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
}

static guint16
port_of (WsoupServer *server)
{
  GSList *uris = wsoup_server_get_uris (server);
  guint16 port = g_uri_get_port (uris->data);

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

int
main (int    argc,
      char **argv)
{
  guint64 port = 8080;
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsoupServer) server = wsoup_server_new (NULL, NULL);

  if (argc > 1 && !g_ascii_string_to_unsigned (argv[1], 10, 0, G_MAXUINT16, &port, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  wsoup_server_add_websocket_handler (server, NULL, NULL, NULL, on_connected, NULL, NULL);
  if (!wsoup_server_listen_local (server, port, WSOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_print ("listening on ws://127.0.0.1:%u/\n", port_of (server));
  g_main_loop_run (loop);
  return 0;
}
