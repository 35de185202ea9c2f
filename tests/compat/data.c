/* Messages of every kind: NULs, bytes, nothing, much, too much; subprotocols. */
#include "support.h"

typedef struct
{
  SoupWebsocketConnection *connection;
  guint n_messages;
  GError *error;
  gboolean is_closed;
} Side;

static void
print_message (SoupWebsocketDataType type, GBytes *message)
{
  gsize size, i;
  const guint8 *data = g_bytes_get_data (message, &size);
  g_autofree char *checksum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, message);

  printf ("  %s, %" G_GSIZE_FORMAT " bytes, %.8s:",
          type == SOUP_WEBSOCKET_DATA_TEXT ? "text" : "binary", size, checksum);
  for (i = 0; i < MIN (size, 8); i++)
    printf (" %02x", data[i]);
  /* Text ends with a NUL that is not counted. */
  printf (type == SOUP_WEBSOCKET_DATA_TEXT ? ", then %d\n" : "\n", data ? data[size] : 0);
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message,
            Side *side)
{
  side->n_messages++;
  if (soup_websocket_connection_get_connection_type (connection) ==
      SOUP_WEBSOCKET_CONNECTION_SERVER)
    soup_websocket_connection_send_message (connection, type, message);
  else
    print_message (type, message);
}

static void
on_error (SoupWebsocketConnection *connection G_GNUC_UNUSED, GError *error, Side *side)
{
  side->error = g_error_copy (error);
}

static void
on_closed (SoupWebsocketConnection *connection G_GNUC_UNUSED, Side *side)
{
  side->is_closed = TRUE;
}

static void
watch (Side *side, SoupWebsocketConnection *connection)
{
  memset (side, 0, sizeof *side);
  side->connection = connection;
  g_signal_connect (connection, "message", G_CALLBACK (on_message), side);
  g_signal_connect (connection, "error", G_CALLBACK (on_error), side);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), side);
}

static void
on_connection (SoupServer *server G_GNUC_UNUSED, SoupServerMessage *msg G_GNUC_UNUSED,
               const char *path G_GNUC_UNUSED, SoupWebsocketConnection *connection,
               gpointer user_data)
{
  g_object_set (connection, "max-incoming-payload-size", (guint64) 100000, NULL);
  watch (user_data, g_object_ref (connection));
}

int
main (void)
{
  static const guint8 bytes[] = { 0, 1, 2, 253, 254, 255 };
  char *spoken[] = { (char *) "chat.v2", (char *) "chat.v1", NULL };
  char *offered[] = { (char *) "chat.v0", (char *) "chat.v1", NULL };
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) msg = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = g_bytes_new_static ("a\0b\0", 4);
  g_autofree char *uri = NULL, *much = g_malloc0 (100001);
  Side theirs, ours;

  memset (&theirs, 0, sizeof theirs);
  soup_server_add_websocket_handler (server, NULL, NULL, spoken, on_connection, &theirs, NULL);
  uri = listen_on (server, "/");
  msg = soup_message_new (SOUP_METHOD_GET, uri);
  watch (&ours, connect_to (session, msg, NULL, offered, NULL, &error));
  g_assert_no_error (error);
  wait_for (theirs.connection != NULL);
  printf ("protocol %s and %s\n", soup_websocket_connection_get_protocol (ours.connection),
          soup_websocket_connection_get_protocol (theirs.connection));

  printf ("messages\n");
  soup_websocket_connection_send_message (ours.connection, SOUP_WEBSOCKET_DATA_TEXT, text);
  soup_websocket_connection_send_binary (ours.connection, bytes, sizeof bytes);
  soup_websocket_connection_send_text (ours.connection, "");
  soup_websocket_connection_send_binary (ours.connection, NULL, 0);
  soup_websocket_connection_send_text (ours.connection, "\342\202\254");
  soup_websocket_connection_send_binary (ours.connection, much, 125);
  soup_websocket_connection_send_binary (ours.connection, much, 126);
  soup_websocket_connection_send_binary (ours.connection, much, 65535);
  soup_websocket_connection_send_binary (ours.connection, much, 65536);
  soup_websocket_connection_send_binary (ours.connection, much, 100000);
  wait_for (ours.n_messages == 10);

  printf ("properties\n  %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u\n",
          soup_websocket_connection_get_max_incoming_payload_size (ours.connection),
          soup_websocket_connection_get_max_incoming_payload_size (theirs.connection),
          soup_websocket_connection_get_keepalive_interval (ours.connection));

  soup_websocket_connection_send_binary (ours.connection, much, 100001);
  wait_for (theirs.error != NULL && theirs.is_closed && ours.is_closed);
  printf ("too much\n  error of WebSockets: %d, too big: %d\n",
          theirs.error->domain == SOUP_WEBSOCKET_ERROR,
          theirs.error->code == SOUP_WEBSOCKET_CLOSE_TOO_BIG);
  printf ("  messages of the server: %u\n", theirs.n_messages);
  g_clear_error (&theirs.error);
  g_clear_error (&ours.error);
  g_clear_object (&theirs.connection);
  g_clear_object (&ours.connection);
  return 0;
}
