/* What extensions of a program promise: they are negotiated by name and change messages in order. */
#include "support.h"

#define RSV1 0x40
#define RSV2 0x20
#define RSV3 0x10

/* --- Extensions that put a byte behind what is sent, and undo it to what comes ------------- */

typedef struct
{
  WsoupWebsocketExtension parent_instance;
  char *configured; /* the side, and the parameters in order of their names */
  guint8 sent_header, received_header;
  GBytes *sent, *received; /* as they came to this extension */
} TestSuffix;

typedef struct
{
  WsoupWebsocketExtensionClass parent_class;
  guint8 bit;
  char byte;
} TestSuffixClass;

GType test_suffix_get_type (void);
G_DEFINE_ABSTRACT_TYPE (TestSuffix, test_suffix, WSOUP_TYPE_WEBSOCKET_EXTENSION)
#define SUFFIX(object) G_TYPE_CHECK_INSTANCE_CAST (object, test_suffix_get_type (), TestSuffix)
#define SUFFIX_CLASS(object) ((TestSuffixClass *) G_OBJECT_GET_CLASS (object))

static gboolean
test_suffix_configure (WsoupWebsocketExtension *extension, WsoupWebsocketConnectionType type,
                       GHashTable *params, GError **error G_GNUC_UNUSED)
{
  GString *text =
    g_string_new (type == WSOUP_WEBSOCKET_CONNECTION_SERVER ? "server:" : "client:");
  GList *names = params ? g_list_sort (g_hash_table_get_keys (params), (GCompareFunc) strcmp) : NULL;

  for (GList *name = names; name; name = name->next)
    {
      const char *value = g_hash_table_lookup (params, name->data);

      g_string_append_printf (text, " %s=%s", (char *) name->data, value ? value : "(null)");
    }
  g_string_append (text, params ? "" : " NULL");
  g_list_free (names);
  g_assert_null (SUFFIX (extension)->configured);
  SUFFIX (extension)->configured = g_string_free (text, FALSE);
  return TRUE;
}

static GBytes *
test_suffix_process_outgoing_message (WsoupWebsocketExtension *extension, guint8 *header,
                                      GBytes *payload, GError **error G_GNUC_UNUSED)
{
  TestSuffix *self = SUFFIX (extension);
  GByteArray *longer = g_byte_array_new ();
  gsize size;
  gconstpointer data = g_bytes_get_data (payload, &size);

  g_byte_array_append (longer, data, (guint) size);
  g_byte_array_append (longer, (guint8 *) &SUFFIX_CLASS (self)->byte, 1);
  g_clear_pointer (&self->sent, g_bytes_unref);
  self->sent = payload;
  self->sent_header = *header;
  *header |= SUFFIX_CLASS (self)->bit;
  return g_byte_array_free_to_bytes (longer);
}

static GBytes *
test_suffix_process_incoming_message (WsoupWebsocketExtension *extension, guint8 *header,
                                      GBytes *payload, GError **error)
{
  TestSuffix *self = SUFFIX (extension);
  gsize size;
  const char *data = g_bytes_get_data (payload, &size);

  g_clear_pointer (&self->received, g_bytes_unref);
  self->received = payload;
  self->received_header = *header;
  if (!(*header & SUFFIX_CLASS (self)->bit) || size == 0 ||
      data[size - 1] != SUFFIX_CLASS (self)->byte)
    {
      g_set_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_CLOSE_BAD_DATA, "%c is missing",
                   SUFFIX_CLASS (self)->byte);
      return NULL;
    }
  *header &= (guint8) ~SUFFIX_CLASS (self)->bit;
  return g_bytes_new_from_bytes (payload, 0, size - 1);
}

static void
test_suffix_finalize (GObject *object)
{
  TestSuffix *self = SUFFIX (object);

  g_free (self->configured);
  g_clear_pointer (&self->sent, g_bytes_unref);
  g_clear_pointer (&self->received, g_bytes_unref);
  G_OBJECT_CLASS (test_suffix_parent_class)->finalize (object);
}

static void
test_suffix_class_init (TestSuffixClass *klass)
{
  WsoupWebsocketExtensionClass *extension_class = WSOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_suffix_finalize;
  extension_class->configure = test_suffix_configure;
  extension_class->process_outgoing_message = test_suffix_process_outgoing_message;
  extension_class->process_incoming_message = test_suffix_process_incoming_message;
}

static void
test_suffix_init (TestSuffix *self G_GNUC_UNUSED)
{
}

typedef TestSuffix TestFirst;
typedef TestSuffixClass TestFirstClass;
GType test_first_get_type (void);
G_DEFINE_TYPE (TestFirst, test_first, test_suffix_get_type ())

static char *
test_first_get_request_params (WsoupWebsocketExtension *extension G_GNUC_UNUSED)
{
  return g_strdup ("; level=3; name=\"quoted\"; fast");
}

static char *
test_first_get_response_params (WsoupWebsocketExtension *extension G_GNUC_UNUSED)
{
  return g_strdup ("; level=2");
}

static void
test_first_class_init (TestFirstClass *klass)
{
  klass->parent_class.name = "x-first";
  klass->parent_class.get_request_params = test_first_get_request_params;
  klass->parent_class.get_response_params = test_first_get_response_params;
  klass->bit = RSV2;
  klass->byte = '1';
}

static void
test_first_init (TestFirst *self G_GNUC_UNUSED)
{
}

typedef TestSuffix TestSecond;
typedef TestSuffixClass TestSecondClass;
GType test_second_get_type (void);
G_DEFINE_TYPE (TestSecond, test_second, test_suffix_get_type ())

static void
test_second_class_init (TestSecondClass *klass)
{
  klass->parent_class.name = "x-second";
  klass->bit = RSV3;
  klass->byte = '2';
}

static void
test_second_init (TestSecond *self G_GNUC_UNUSED)
{
}

/* --- One that does everything wrong, as its property says ---------------------------------- */

typedef enum
{
  REFUSE_ON_SERVER = 1,
  REFUSE_ON_CLIENT,
  REFUSE_WITHOUT_ERROR,
  FAIL_TO_SEND,
  FAIL_TO_RECEIVE,
  LEAVE_A_BIT,
} Fault;

typedef struct
{
  WsoupWebsocketExtension parent_instance;
  int fault;
} TestFaulty;

typedef WsoupWebsocketExtensionClass TestFaultyClass;
GType test_faulty_get_type (void);
G_DEFINE_TYPE (TestFaulty, test_faulty, WSOUP_TYPE_WEBSOCKET_EXTENSION)

static gpointer
fail_if (gboolean failing, gpointer result, GError **error)
{
  if (!failing)
    return result;
  g_set_error_literal (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_CLOSE_BAD_DATA, "not with me");
  return NULL;
}

static gboolean
test_faulty_configure (WsoupWebsocketExtension *extension, WsoupWebsocketConnectionType type,
                       GHashTable *params G_GNUC_UNUSED, GError **error)
{
  int fault = ((TestFaulty *) extension)->fault;
  Fault refusal = type == WSOUP_WEBSOCKET_CONNECTION_SERVER ? REFUSE_ON_SERVER : REFUSE_ON_CLIENT;

  return fault != REFUSE_WITHOUT_ERROR &&
         fail_if (fault == (int) refusal, extension, error) != NULL;
}

static GBytes *
test_faulty_process_outgoing_message (WsoupWebsocketExtension *extension, guint8 *header,
                                      GBytes *payload, GError **error)
{
  int fault = ((TestFaulty *) extension)->fault;

  if (fault == LEAVE_A_BIT)
    *header |= RSV3;
  if (fault == FAIL_TO_SEND)
    g_bytes_unref (payload);
  return fail_if (fault == FAIL_TO_SEND, payload, error);
}

static GBytes *
test_faulty_process_incoming_message (WsoupWebsocketExtension *extension,
                                      guint8 *header G_GNUC_UNUSED, GBytes *payload,
                                      GError **error)
{
  int fault = ((TestFaulty *) extension)->fault;

  if (fault == FAIL_TO_RECEIVE)
    g_bytes_unref (payload);
  return fail_if (fault == FAIL_TO_RECEIVE, payload, error);
}

static void
test_faulty_set_property (GObject *object, guint id G_GNUC_UNUSED, const GValue *value,
                          GParamSpec *property G_GNUC_UNUSED)
{
  ((TestFaulty *) object)->fault = g_value_get_int (value);
}

static void
test_faulty_class_init (TestFaultyClass *klass)
{
  klass->name = "x-faulty";
  klass->configure = test_faulty_configure;
  klass->process_outgoing_message = test_faulty_process_outgoing_message;
  klass->process_incoming_message = test_faulty_process_incoming_message;
  G_OBJECT_CLASS (klass)->set_property = test_faulty_set_property;
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_int ("fault", NULL, NULL, 0, LEAVE_A_BIT, 0, G_PARAM_WRITABLE));
}

static void
test_faulty_init (TestFaulty *self G_GNUC_UNUSED)
{
}

/* --- An extension whose parameters are no text ---------------------------------------------- */

typedef WsoupWebsocketExtension TestUnreadable;
typedef WsoupWebsocketExtensionClass TestUnreadableClass;
GType test_unreadable_get_type (void);
G_DEFINE_TYPE (TestUnreadable, test_unreadable, WSOUP_TYPE_WEBSOCKET_EXTENSION)

static char *
test_unreadable_get_params (WsoupWebsocketExtension *extension G_GNUC_UNUSED)
{
  return g_strdup ("; user=caf\xf0");
}

static void
test_unreadable_class_init (TestUnreadableClass *klass)
{
  klass->name = "x-unreadable";
  klass->get_request_params = test_unreadable_get_params;
}

static void
test_unreadable_init (TestUnreadable *self G_GNUC_UNUSED)
{
}

/* --- The tests ----------------------------------------------------------------------------- */

/* A session without compression, and a server with an echo. */
static void
pair_make (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  pair->server = server_new (NULL);
  wsoup_server_add_websocket_handler (pair->server, "/echo", NULL, NULL, keep_peer, &pair->peer,
                                      NULL);
  pair->session = wsoup_session_new ();
  wsoup_session_remove_feature_by_type (pair->session, WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
}

static void
use (Pair *pair, GType type)
{
  wsoup_session_add_feature_by_type (pair->session, type);
  wsoup_server_add_websocket_extension (pair->server, type);
}

static void
use_faulty (Pair *pair, Fault fault)
{
  const char *name = "fault";
  WsoupWebsocketExtensionManager *manager = WSOUP_WEBSOCKET_EXTENSION_MANAGER (
    wsoup_session_get_feature (pair->session, WSOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, (int) fault);
  wsoup_websocket_extension_manager_add_extension_with_properties (
    manager, test_faulty_get_type (), 1, &name, &value);
  wsoup_server_add_websocket_extension_with_properties (
    pair->server, test_faulty_get_type (), 1, &name, &value);
}

static void
pair_connect (Pair *pair, WsoupMessage *message)
{
  g_autoptr (GError) error = NULL;
  WsoupWebsocketConnection *connection =
    connect_and_wait (pair->session, message, NULL, NULL, &error);

  g_assert_no_error (error);
  pair->client = end_new (connection);
  wait_for (pair->peer);
}

static void
pair_connect_to_echo (Pair *pair)
{
  g_autoptr (WsoupMessage) message = message_to (pair->server, "/echo");

  pair_connect (pair, message);
}

static void
pair_end (Pair *pair, gconstpointer data)
{
  if (pair->client)
    {
      pair_close (pair, data);
      return;
    }
  wsoup_server_disconnect (pair->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (pair->session);
  g_assert_finalize_object (pair->server);
}

static gpointer
extension_of (End *end, guint index)
{
  return g_list_nth_data (wsoup_websocket_connection_get_extensions (end->connection), index);
}

/* Whether @end has exactly one extension, of this type. */
static void
assert_only (End *end, GType type)
{
  g_assert_cmpuint (
    g_list_length (wsoup_websocket_connection_get_extensions (end->connection)), ==, 1);
  g_assert_true (G_OBJECT_TYPE (extension_of (end, 0)) == type);
}

static void
test_parameters (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  use (pair, test_first_get_type ());
  use (pair, test_second_get_type ());
  pair_connect_to_echo (pair);
  g_assert_cmpstr (SUFFIX (extension_of (pair->peer, 0))->configured, ==,
                   "server: fast=(null) level=3 name=quoted");
  g_assert_cmpstr (SUFFIX (extension_of (pair->client, 0))->configured, ==, "client: level=2");
  g_assert_cmpstr (SUFFIX (extension_of (pair->peer, 1))->configured, ==, "server: NULL");
  g_assert_cmpstr (SUFFIX (extension_of (pair->client, 1))->configured, ==, "client: NULL");
}

/* Whether @longer is @bytes and @byte behind them. */
static void
assert_suffix (GBytes *longer, GBytes *bytes, char byte)
{
  gsize size, longer_size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *longer_data = g_bytes_get_data (longer, &longer_size);

  g_assert_cmpmem (longer_data, longer_size - 1, data, size);
  g_assert_cmpint (longer_data[longer_size - 1], ==, byte);
}

static void
check_one_way (End *sender, End *receiver, const char *text)
{
  TestSuffix *first = SUFFIX (extension_of (sender, 0));
  TestSuffix *second = SUFFIX (extension_of (sender, 2));
  TestSuffix *their_first = SUFFIX (extension_of (receiver, 0));
  TestSuffix *their_second = SUFFIX (extension_of (receiver, 2));

  g_assert_true (WSOUP_IS_WEBSOCKET_EXTENSION_DEFLATE (extension_of (sender, 1)));
  g_assert_cmphex (first->sent_header, ==, 0x81);
  g_assert_cmpmem (g_bytes_get_data (first->sent, NULL), g_bytes_get_size (first->sent), text,
                   strlen (text));
  g_assert_cmphex (second->sent_header, ==, 0x81 | RSV1 | RSV2);
  g_assert_cmpuint (g_bytes_get_size (second->sent), <, strlen (text));
  g_assert_cmphex (their_second->received_header, ==, 0x81 | RSV1 | RSV2 | RSV3);
  assert_suffix (their_second->received, second->sent, '2');
  g_assert_cmphex (their_first->received_header, ==, 0x81 | RSV2);
  assert_suffix (their_first->received, first->sent, '1');
}

static void
test_order (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  const char *text = "compressible, compressible, compressible, compressible";

  use (pair, test_first_get_type ());
  use (pair, WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  use (pair, test_second_get_type ());
  pair_connect_to_echo (pair);
  wsoup_websocket_connection_send_text (pair->client->connection, text);
  wait_for (pair->client->messages->len == 1);
  assert_message (pair->client, 0, WSOUP_WEBSOCKET_DATA_TEXT, text, strlen (text));
  check_one_way (pair->client, pair->peer, text);
  check_one_way (pair->peer, pair->client, text);
}

static void
test_declined (Pair *pair, gconstpointer fault)
{
  use_faulty (pair, GPOINTER_TO_INT (fault));
  use (pair, test_second_get_type ());
  pair_connect_to_echo (pair);
  assert_only (pair->client, test_second_get_type ());
  assert_only (pair->peer, test_second_get_type ());
}

static void
test_refused_answer (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (WsoupMessage) message = message_to (pair->server, "/echo");
  g_autoptr (GError) error = NULL;

  use_faulty (pair, REFUSE_ON_CLIENT);
  g_assert_null (connect_and_wait (pair->session, message, NULL, NULL, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_CLOSE_BAD_DATA);
  g_assert_cmpstr (error->message, ==, "not with me");
  /* The server has accepted it. */
  wait_for (pair->peer && end_is_closed (pair->peer));
  g_clear_pointer (&pair->peer, end_free);
}

/* Sends a message with the fault; it closes the connection. */
static void
check_failure (Pair *pair, Fault fault, gboolean fails_client, int code)
{
  End *failing, *other;

  use_faulty (pair, fault);
  pair_connect_to_echo (pair);
  failing = fails_client ? pair->client : pair->peer;
  other = fails_client ? pair->peer : pair->client;
  wsoup_websocket_connection_send_text (pair->client->connection, "hello");
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_assert_error (failing->error, WSOUP_WEBSOCKET_ERROR, code);
  g_assert_cmpuint (wsoup_websocket_connection_get_close_code (other->connection), ==, code);
  g_assert_cmpuint (failing->messages->len + other->messages->len, ==, 0);
}

static void
test_outgoing_error (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  check_failure (pair, FAIL_TO_SEND, TRUE, WSOUP_WEBSOCKET_CLOSE_BAD_DATA);
  g_assert_cmpstr (pair->client->error->message, ==, "not with me");
}

static void
test_incoming_error (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  check_failure (pair, FAIL_TO_RECEIVE, FALSE, WSOUP_WEBSOCKET_CLOSE_BAD_DATA);
  g_assert_cmpstr (pair->peer->error->message, ==, "not with me");
}

static void
test_left_bit (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  check_failure (pair, LEAVE_A_BIT, FALSE, WSOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR);
}

static void
test_state (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  gpointer first;

  use (pair, test_second_get_type ());
  pair_connect_to_echo (pair);
  first = extension_of (pair->client, 0);
  g_object_add_weak_pointer (first, &first);
  wsoup_websocket_connection_send_text (pair->client->connection, "hello");
  wait_for (pair->client->messages->len == 1);
  g_assert_nonnull (SUFFIX (first)->sent);
  wsoup_websocket_connection_close (pair->client->connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  g_clear_pointer (&pair->client, end_free);
  g_clear_pointer (&pair->peer, end_free);
  g_assert_null (first);

  pair_connect_to_echo (pair);
  g_assert_null (SUFFIX (extension_of (pair->client, 0))->sent);
}

static void
test_disabled (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (WsoupMessage) message = message_to (pair->server, "/echo");

  use (pair, test_first_get_type ());
  use (pair, test_second_get_type ());
  wsoup_message_disable_feature (message, test_first_get_type ());
  pair_connect (pair, message);
  assert_only (pair->client, test_second_get_type ());
  assert_only (pair->peer, test_second_get_type ());
}

static void
test_removed (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  use (pair, test_first_get_type ());
  use (pair, test_second_get_type ());
  wsoup_server_remove_websocket_extension (pair->server, test_second_get_type ());
  pair_connect_to_echo (pair);
  assert_only (pair->client, test_first_get_type ());
  assert_only (pair->peer, test_first_get_type ());
}

static void
test_unreadable (Pair *pair, gconstpointer data G_GNUC_UNUSED)
{
  use (pair, test_unreadable_get_type ());
  use (pair, test_first_get_type ());
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*not in the form of RFC 6455*");
  pair_connect_to_echo (pair);
  g_test_assert_expected_messages ();
  assert_only (pair->client, test_first_get_type ());
}

#define ADD(name, data, function)                                                               \
  g_test_add ("/extensions/" name, Pair, data, pair_make, function, pair_end)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("parameters-reach-both-sides", NULL, test_parameters);
  ADD ("messages-pass-all-in-order", NULL, test_order);
  ADD ("server-declines-what-refuses", GINT_TO_POINTER (REFUSE_ON_SERVER), test_declined);
  ADD ("refusing-needs-no-error", GINT_TO_POINTER (REFUSE_WITHOUT_ERROR), test_declined);
  ADD ("client-fails-when-one-refuses-the-answer", NULL, test_refused_answer);
  ADD ("error-with-an-outgoing-message-closes", NULL, test_outgoing_error);
  ADD ("error-with-an-incoming-message-closes", NULL, test_incoming_error);
  ADD ("reserved-bit-that-is-left-breaks-the-protocol", NULL, test_left_bit);
  ADD ("each-connection-has-its-own-which-goes-with-it", NULL, test_state);
  ADD ("parameters-that-are-no-text-are-not-offered", NULL, test_unreadable);
  ADD ("one-message-leaves-it-out", NULL, test_disabled);
  ADD ("server-without-it-declines-it", NULL, test_removed);
  return g_test_run ();
}
