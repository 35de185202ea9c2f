/* An echo server and three clients, in one process: messages in order, and who closes with what.
 *
 * Of the reason, only what the peer gave when it began to close is documented. */
#include "support.h"

typedef struct
{
  SoupWebsocketConnection *connection;
  GString *events;
  gboolean has_closed; /* it was the first to close */
  gboolean is_closed;
} Side;

static const char *
state_of (SoupWebsocketConnection *connection)
{
  switch (soup_websocket_connection_get_state (connection))
    {
    case SOUP_WEBSOCKET_STATE_OPEN:
      return "open";
    case SOUP_WEBSOCKET_STATE_CLOSING:
      return "closing";
    case SOUP_WEBSOCKET_STATE_CLOSED:
      return "closed";
    default:
      return "?";
    }
}

static void
close_first (Side *side, gushort code, const char *reason)
{
  side->has_closed = TRUE;
  soup_websocket_connection_close (side->connection, code, reason);
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message,
            Side *side)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);

  g_string_append_printf (side->events, "  %s \"%.*s\"\n",
                          type == SOUP_WEBSOCKET_DATA_TEXT ? "text" : "binary", (int) size, data);
  if (soup_websocket_connection_get_connection_type (connection) ==
      SOUP_WEBSOCKET_CONNECTION_CLIENT)
    return;
  if (size == 4 && memcmp (data, "quit", 4) == 0)
    close_first (side, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "as you like");
  else if (type == SOUP_WEBSOCKET_DATA_TEXT)
    soup_websocket_connection_send_text (connection, data);
  else
    soup_websocket_connection_send_binary (connection, data, size);
}

static void
on_closing (SoupWebsocketConnection *connection G_GNUC_UNUSED, Side *side)
{
  g_string_append (side->events, "  closing\n");
}

static void
on_closed (SoupWebsocketConnection *connection, Side *side)
{
  const char *reason = soup_websocket_connection_get_close_data (connection);

  g_string_append_printf (side->events, "  closed, state %s, code %d", state_of (connection),
                          soup_websocket_connection_get_close_code (connection));
  if (!side->has_closed)
    g_string_append_printf (side->events, ", reason \"%s\"", reason ? reason : "");
  g_string_append_c (side->events, '\n');
  side->is_closed = TRUE;
}

static void
watch (Side *side, SoupWebsocketConnection *connection)
{
  side->connection = connection;
  side->events = g_string_new (NULL);
  side->has_closed = side->is_closed = FALSE;
  g_signal_connect (connection, "message", G_CALLBACK (on_message), side);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), side);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), side);
}

static void
report (const char *name, Side *side)
{
  printf (" %s\n%s", name, side->events->str);
  g_string_free (side->events, TRUE);
  g_clear_object (&side->connection);
}

static void
on_connection (SoupServer *server G_GNUC_UNUSED, SoupServerMessage *msg G_GNUC_UNUSED,
               const char *path G_GNUC_UNUSED, SoupWebsocketConnection *connection,
               gpointer user_data)
{
  watch (user_data, g_object_ref (connection));
}

int
main (void)
{
  static const struct
  {
    const char *title;
    const char *last;
    gushort code;
    const char *reason;
  } table[] = {
    { "the client closes", NULL, SOUP_WEBSOCKET_CLOSE_NORMAL, "done" },
    { "the client closes, with a code of its own", NULL, 4321, NULL },
    { "the server closes", "quit", 0, NULL },
  };
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *uri = NULL;
  Side theirs, ours;
  gsize i;

  soup_server_add_websocket_handler (server, "/echo", NULL, NULL, on_connection, &theirs, NULL);
  uri = listen_on (server, "/echo");
  for (i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SoupMessage) msg = soup_message_new (SOUP_METHOD_GET, uri);
      g_autoptr (GError) error = NULL;
      SoupWebsocketConnection *connection;

      connection = connect_to (session, msg, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      watch (&ours, connection);
      soup_websocket_connection_send_text (connection, "one");
      soup_websocket_connection_send_binary (connection, "two", 3);
      soup_websocket_connection_send_text (connection, "dr\303\266i");
      wait_for (g_str_has_suffix (ours.events->str, "dr\303\266i\"\n"));
      if (table[i].last)
        soup_websocket_connection_send_text (connection, table[i].last);
      else
        close_first (&ours, table[i].code, table[i].reason);
      wait_for (ours.is_closed && theirs.is_closed);
      printf ("%s\n", table[i].title);
      report ("client", &ours);
      report ("server", &theirs);
    }
  return 0;
}
