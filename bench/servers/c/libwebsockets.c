/* The echo server of libwebsockets: `libwebsockets PORT`. */

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE (64 * 1024)

/* A message, with room in front for the header that lws_write() puts there. */
typedef struct Message
{
  struct Message *next;
  size_t length, capacity;
  enum lws_write_protocol type;
  unsigned char bytes[];
} Message;

typedef struct
{
  Message *incoming;
  Message *first, **end;
} Peer;

static Message *
append (Message    *message,
        const void *bytes,
        size_t      length,
        size_t      more)
{
  size_t used = message == NULL ? 0 : message->length;

  if (message == NULL || message->capacity < used + length)
    {
      size_t capacity = used + length + more;

      if (capacity < 2 * used && more > 0)
        capacity = 2 * used;
      message = realloc (message, sizeof *message + LWS_PRE + capacity);
      message->capacity = capacity;
      message->length = used;
    }
  memcpy (message->bytes + LWS_PRE + used, bytes, length);
  message->length += length;
  return message;
}

static void
free_all (Peer *peer)
{
  free (peer->incoming);
  while (peer->first != NULL)
    {
      Message *message = peer->first;

      peer->first = message->next;
      free (message);
    }
}

static int
on_event (struct lws               *wsi,
          enum lws_callback_reasons reason,
          void                     *user,
          void                     *in,
          size_t                    length)
{
  Peer *peer = user;

  switch (reason)
    {
    case LWS_CALLBACK_ESTABLISHED:
      peer->end = &peer->first;
      break;

    case LWS_CALLBACK_RECEIVE:
      peer->incoming =
        append (peer->incoming, in, length, lws_remaining_packet_payload (wsi));
      if (lws_remaining_packet_payload (wsi) == 0 && lws_is_final_fragment (wsi))
        {
          peer->incoming->type = lws_frame_is_binary (wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
          peer->incoming->next = NULL;
          *peer->end = peer->incoming;
          peer->end = &peer->incoming->next;
          peer->incoming = NULL;
          lws_callback_on_writable (wsi);
        }
      break;

    case LWS_CALLBACK_SERVER_WRITEABLE:
      while (peer->first != NULL && !lws_send_pipe_choked (wsi))
        {
          Message *message = peer->first;

          peer->first = message->next;
          if (peer->first == NULL)
            peer->end = &peer->first;
          if (lws_write (wsi, message->bytes + LWS_PRE, message->length, message->type) < 0)
            {
              free (message);
              return -1;
            }
          free (message);
        }
      if (peer->first != NULL)
        lws_callback_on_writable (wsi);
      break;

    case LWS_CALLBACK_CLOSED:
      free_all (peer);
      break;

    default:
      break;
    }
  return 0;
}

int
main (int    argc,
      char **argv)
{
  static const struct lws_protocols protocols[] = {
    { .name = "echo",
      .callback = on_event,
      .per_session_data_size = sizeof (Peer),
      .rx_buffer_size = READ_SIZE },
    { 0 }
  };
  struct lws_context_creation_info info = {
    .port = argc > 1 ? atoi (argv[1]) : 0,
    .iface = "127.0.0.1",
    .protocols = protocols,
    .gid = -1,
    .uid = -1,
    .pt_serv_buf_size = READ_SIZE,
  };
  struct lws_context *context;

  lws_set_log_level (LLL_ERR, NULL);
  context = lws_create_context (&info);
  if (context == NULL)
    return 1;
  while (lws_service (context, 0) >= 0)
    ;
  return 0;
}
