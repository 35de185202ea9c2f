/* A class derived from SoupWebsocketExtension, between two connections over a pair of sockets. */
#include "support.h"
#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>

#define SCRAMBLE_TYPE_EXTENSION (scramble_extension_get_type ())
G_DECLARE_FINAL_TYPE (ScrambleExtension, scramble_extension, SCRAMBLE, EXTENSION,
                      SoupWebsocketExtension)

struct _ScrambleExtension
{
  SoupWebsocketExtension parent_instance;
  guint8 key;
};

G_DEFINE_TYPE (ScrambleExtension, scramble_extension, SOUP_TYPE_WEBSOCKET_EXTENSION)

/* Bit RSV1 of the first byte of a frame. */
#define RSV1 0x40

static gboolean
scramble_extension_configure (SoupWebsocketExtension *extension,
                              SoupWebsocketConnectionType connection_type, GHashTable *params,
                              GError **error)
{
  const char *key = params ? g_hash_table_lookup (params, "key") : NULL;

  if (!key)
    {
      g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE,
                           "there is no key");
      return FALSE;
    }
  SCRAMBLE_EXTENSION (extension)->key = (guint8) atoi (key);
  printf ("  configured a %s\n",
          connection_type == SOUP_WEBSOCKET_CONNECTION_CLIENT ? "client" : "server");
  return TRUE;
}

static char *
scramble_extension_get_request_params (SoupWebsocketExtension *extension G_GNUC_UNUSED)
{
  return g_strdup ("; key=7");
}

static GBytes *
scramble (ScrambleExtension *self, GBytes *payload)
{
  gsize size, i;
  guint8 *data = g_bytes_unref_to_data (payload, &size);

  for (i = 0; i < size; i++)
    data[i] ^= self->key;
  return g_bytes_new_take (data, size);
}

static GBytes *
scramble_extension_process_outgoing_message (SoupWebsocketExtension *extension, guint8 *header,
                                             GBytes *payload, GError **error G_GNUC_UNUSED)
{
  *header |= RSV1;
  return scramble (SCRAMBLE_EXTENSION (extension), payload);
}

static GBytes *
scramble_extension_process_incoming_message (SoupWebsocketExtension *extension, guint8 *header,
                                             GBytes *payload, GError **error)
{
  if (!(*header & RSV1))
    {
      g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR,
                           "not scrambled");
      g_bytes_unref (payload);
      return NULL;
    }
  *header &= ~RSV1;
  return scramble (SCRAMBLE_EXTENSION (extension), payload);
}

static void
scramble_extension_init (ScrambleExtension *self G_GNUC_UNUSED)
{
}

static void
scramble_extension_class_init (ScrambleExtensionClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  extension_class->name = "x-scramble";
  extension_class->configure = scramble_extension_configure;
  extension_class->get_request_params = scramble_extension_get_request_params;
  extension_class->process_outgoing_message = scramble_extension_process_outgoing_message;
  extension_class->process_incoming_message = scramble_extension_process_incoming_message;
}

static GIOStream *
stream_of (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static SoupWebsocketExtension *
new_extension (SoupWebsocketConnectionType type, const char *key)
{
  g_autoptr (ScrambleExtension) self = g_object_new (SCRAMBLE_TYPE_EXTENSION, NULL);
  g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;

  if (key)
    g_hash_table_insert (params, (gpointer) "key", (gpointer) key);
  if (!soup_websocket_extension_configure (SOUP_WEBSOCKET_EXTENSION (self), type, params, &error))
    {
      printf ("  %s, bad handshake: %d\n", error->message,
              g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_ERROR_BAD_HANDSHAKE));
      return NULL;
    }
  return SOUP_WEBSOCKET_EXTENSION (g_steal_pointer (&self));
}

static void
on_text (SoupWebsocketConnection *connection G_GNUC_UNUSED, int type, GBytes *message,
         gpointer user_data)
{
  gsize size;
  const char *data = g_bytes_get_data (message, &size);

  printf ("  received %d: %.*s\n", type, (int) size, data);
  *(gboolean *) user_data = TRUE;
}

int
main (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://host.example/", SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (SoupMessage) msg = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_type_class_unref);
  g_autoptr (SoupWebsocketConnection) client = NULL;
  g_autoptr (SoupWebsocketConnection) server = NULL;
  g_autoptr (GIOStream) near_end = NULL;
  g_autoptr (GIOStream) far_end = NULL;
  g_autofree char *params = NULL;
  SoupWebsocketExtension *for_client, *for_server;
  gboolean client_received = FALSE, server_received = FALSE;
  int fds[2];

  printf ("offer\n");
  g_ptr_array_add (classes, g_type_class_ref (SCRAMBLE_TYPE_EXTENSION));
  soup_websocket_client_prepare_handshake (msg, NULL, NULL, classes);
  printf ("  %s\n", soup_message_headers_get_list (soup_message_get_request_headers (msg),
                                                   "Sec-WebSocket-Extensions"));

  printf ("parameters\n");
  g_assert_null (new_extension (SOUP_WEBSOCKET_CONNECTION_SERVER, NULL));
  for_client = new_extension (SOUP_WEBSOCKET_CONNECTION_CLIENT, "7");
  for_server = new_extension (SOUP_WEBSOCKET_CONNECTION_SERVER, "7");
  params = soup_websocket_extension_get_response_params (for_server);
  printf ("  response: %s\n", params ? params : "none");

  printf ("messages\n");
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  near_end = stream_of (fds[0]);
  far_end = stream_of (fds[1]);
  client = soup_websocket_connection_new (near_end, uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL,
                                          NULL, g_list_append (NULL, for_client));
  server = soup_websocket_connection_new (far_end, uri, SOUP_WEBSOCKET_CONNECTION_SERVER, NULL,
                                          NULL, g_list_append (NULL, for_server));
  printf ("  extensions: %u, the same: %d\n",
          g_list_length (soup_websocket_connection_get_extensions (client)),
          soup_websocket_connection_get_extensions (client)->data == (gpointer) for_client);
  g_signal_connect (client, "message", G_CALLBACK (on_text), &client_received);
  g_signal_connect (server, "message", G_CALLBACK (on_text), &server_received);
  soup_websocket_connection_send_text (client, "to the server");
  wait_for (server_received);
  soup_websocket_connection_send_binary (server, "to the client", 13);
  wait_for (client_received);
  return 0;
}
