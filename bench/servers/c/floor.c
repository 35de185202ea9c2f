/* The floor: what GLib and the sockets cost by themselves. It answers the opening handshake and from
 * then on sends back the bytes that it gets, whatever they are. One GSource a socket.
 *
 *   floor PORT
 */

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define READ_SIZE (64 * 1024)
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

typedef struct
{
  GSocket *socket;
  GString *request; /* NULL once it is answered */
  GByteArray *rest; /* what the socket did not take yet */
  gsize written;    /* of the rest */
} Peer;

static char buffer[READ_SIZE];

static gboolean on_ready (GSocket *socket, GIOCondition condition, gpointer user_data);

static void
free_peer (gpointer data)
{
  Peer *peer = data;

  g_object_unref (peer->socket);
  if (peer->request != NULL)
    g_string_free (peer->request, TRUE);
  g_byte_array_unref (peer->rest);
  g_free (peer);
}

static void
watch (Peer        *peer,
       GIOCondition condition)
{
  g_autoptr (GSource) source = g_socket_create_source (peer->socket, condition, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), peer, NULL);
  g_source_attach (source, NULL);
}

/* Whether all of it was taken. What was not is kept. */
static gboolean
send_or_keep (Peer       *peer,
              const char *bytes,
              gsize       length)
{
  gssize sent = g_socket_send_with_blocking (peer->socket, bytes, length, FALSE, NULL, NULL);

  if (sent < 0)
    sent = 0;
  if ((gsize) sent == length)
    return TRUE;
  g_byte_array_append (peer->rest, (const guint8 *) bytes + sent, length - sent);
  return FALSE;
}

static void
answer (Peer *peer)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  const char *key = strstr (peer->request->str, name);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autofree char *accept = NULL, *text = NULL;

  g_assert (key != NULL);
  key += strlen (name);
  g_checksum_update (checksum, (const guchar *) key, strcspn (key, "\r"));
  g_checksum_update (checksum, (const guchar *) GUID, strlen (GUID));
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);
  text = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                          accept);
  send_or_keep (peer, text, strlen (text));
}

static gboolean
on_ready (GSocket     *socket,
          GIOCondition condition,
          gpointer     user_data)
{
  Peer *peer = user_data;
  gssize length;

  if (condition & G_IO_OUT)
    {
      length = g_socket_send_with_blocking (socket, (char *) peer->rest->data + peer->written,
                                            peer->rest->len - peer->written, FALSE, NULL, NULL);
      if (length > 0)
        peer->written += length;
      if (peer->written < peer->rest->len)
        return G_SOURCE_CONTINUE;
      g_byte_array_set_size (peer->rest, 0);
      peer->written = 0;
      watch (peer, G_IO_IN);
      return G_SOURCE_REMOVE;
    }

  length = g_socket_receive_with_blocking (socket, buffer, sizeof buffer, FALSE, NULL, NULL);
  if (length <= 0)
    {
      free_peer (peer);
      return G_SOURCE_REMOVE;
    }
  if (peer->request != NULL)
    {
      g_string_append_len (peer->request, buffer, length);
      if (g_str_has_suffix (peer->request->str, "\r\n\r\n"))
        {
          answer (peer);
          g_string_free (g_steal_pointer (&peer->request), TRUE);
        }
      return G_SOURCE_CONTINUE;
    }
  if (send_or_keep (peer, buffer, length))
    return G_SOURCE_CONTINUE;
  /* Reads nothing until it is written, as one who has little memory. */
  watch (peer, G_IO_OUT);
  return G_SOURCE_REMOVE;
}

static gboolean
on_incoming (GSocket     *listener,
             GIOCondition condition,
             gpointer     user_data)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->socket = g_socket_accept (listener, NULL, NULL);
  g_assert (peer->socket != NULL);
  g_socket_set_option (peer->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  peer->request = g_string_new (NULL);
  peer->rest = g_byte_array_new ();
  watch (peer, G_IO_IN);
  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSocket) listener =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", argc > 1 ? atoi (argv[1]) : 0);
  g_autoptr (GSource) source = NULL;
  GError *error = NULL;

  g_socket_set_listen_backlog (listener, 4096);
  if (!g_socket_bind (listener, address, TRUE, &error) || !g_socket_listen (listener, &error))
    g_error ("%s", error->message);
  source = g_socket_create_source (listener, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), NULL, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (loop);
  return 0;
}
