/* Says something to an echo server, looks at what comes back, and closes the connection.
 *
 *   echo-client ws://127.0.0.1:8080/
 */

#include <string.h>
#include <wsoup/wsoup.h>

static const char text[] = "hello";
static const guint8 bytes[] = { 0x00, 0x01, 0xfe, 0xff };

typedef struct
{
  GMainLoop *loop;
  WsoupWebsocketConnection *connection;
  guint echoes;
  gboolean succeeded;
} Client;

static void
on_message (WsoupWebsocketConnection *connection,
            int                       type,
            GBytes                   *message,
            Client                   *client)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);

  if (type == WSOUP_WEBSOCKET_DATA_TEXT)
    {
      /* Behind the text of a message there always is a NUL. */
      g_print ("C: sent \"%s\", got \"%s\"\n", text, data);
      client->echoes += g_str_equal (data, text);
      wsoup_websocket_connection_send_binary (connection, bytes, sizeof bytes);
    }
  else
    {
      g_print ("C: sent %zu bytes, got %zu bytes\n", sizeof bytes, size);
      client->echoes += size == sizeof bytes && memcmp (data, bytes, size) == 0;
      wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, "thank you");
    }
}

static void
on_error (WsoupWebsocketConnection *connection,
          GError                   *error,
          Client                   *client)
{
  g_printerr ("C: %s\n", error->message);
}

static void
on_closed (WsoupWebsocketConnection *connection,
           Client                   *client)
{
  gushort code = wsoup_websocket_connection_get_close_code (connection);

  g_print ("C: closed with %u\n", code);
  client->succeeded = client->echoes == 2 && code == WSOUP_WEBSOCKET_CLOSE_NORMAL;
  g_main_loop_quit (client->loop);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;

  client->connection =
    wsoup_session_websocket_connect_finish (WSOUP_SESSION (source), result, &error);
  if (client->connection == NULL)
    {
      g_printerr ("C: no connection: %s\n", error->message);
      g_main_loop_quit (client->loop);
      return;
    }
  g_signal_connect (client->connection, "message", G_CALLBACK (on_message), client);
  g_signal_connect (client->connection, "error", G_CALLBACK (on_error), client);
  g_signal_connect (client->connection, "closed", G_CALLBACK (on_closed), client);
  wsoup_websocket_connection_send_text (client->connection, text);
}

int
main (int    argc,
      char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "ws://127.0.0.1:8080/";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", uri);
  Client client = { .loop = loop };

  if (message == NULL)
    {
      g_printerr ("C: %s is no URI to connect to\n", uri);
      return 1;
    }
  wsoup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                         on_connected, &client);
  g_main_loop_run (loop);
  g_clear_object (&client.connection);
  return client.succeeded ? 0 : 1;
}
