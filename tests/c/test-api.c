/* What the C interface itself promises: wrong arguments are criticals that name the function and
 * change nothing, types are registered as GLib programs expect, and the header's structures have
 * the sizes that the type system was told. */
#include "support.h"

/* --- Wrong arguments ----------------------------------------------------------------------- */

typedef struct
{
  WsoupWebsocketConnection *connection;
  WsoupServer *server;
  WsoupSession *session;
  WsoupMessage *message;
  GBytes *bytes;
} Things;

typedef struct
{
  const char *function; /* what the critical must name */
  const char *mistake;
  void (*call) (Things *);
} Mistake;

#define MISTAKE(identifier, code)                                                               \
  static void identifier (Things *things G_GNUC_UNUSED)                                         \
  {                                                                                             \
    code;                                                                                       \
  }

MISTAKE (send_text_to_null, wsoup_websocket_connection_send_text (NULL, "text"))
MISTAKE (send_text_to_session,
         wsoup_websocket_connection_send_text ((gpointer) things->session, "text"))
MISTAKE (send_null_text, wsoup_websocket_connection_send_text (things->connection, NULL))
MISTAKE (send_invalid_text, wsoup_websocket_connection_send_text (things->connection, "\xff"))
MISTAKE (send_null_data, wsoup_websocket_connection_send_binary (things->connection, NULL, 5))
MISTAKE (send_binary_to_null, wsoup_websocket_connection_send_binary (NULL, "data", 4))
MISTAKE (send_null_message,
         wsoup_websocket_connection_send_message (things->connection, WSOUP_WEBSOCKET_DATA_TEXT,
                                                  NULL))
MISTAKE (send_unknown_type,
         wsoup_websocket_connection_send_message (things->connection,
                                                  (WsoupWebsocketDataType) 99, things->bytes))
MISTAKE (close_null, wsoup_websocket_connection_close (NULL, 1000, NULL))
MISTAKE (close_with_999, wsoup_websocket_connection_close (things->connection, 999, NULL))
MISTAKE (close_with_1004, wsoup_websocket_connection_close (things->connection, 1004, NULL))
MISTAKE (close_with_1006, wsoup_websocket_connection_close (things->connection, 1006, NULL))
MISTAKE (close_with_1015, wsoup_websocket_connection_close (things->connection, 1015, NULL))
MISTAKE (close_with_2999, wsoup_websocket_connection_close (things->connection, 2999, NULL))
MISTAKE (close_with_5000, wsoup_websocket_connection_close (things->connection, 5000, NULL))
MISTAKE (get_state_of_null,
         g_assert_cmpint (wsoup_websocket_connection_get_state (NULL), ==, 0))
MISTAKE (get_uri_of_null, g_assert_null (wsoup_websocket_connection_get_uri (NULL)))
MISTAKE (set_interval_of_null, wsoup_websocket_connection_set_keepalive_interval (NULL, 1))
MISTAKE (connection_of_null,
         g_assert_null (wsoup_websocket_connection_new (NULL, NULL,
                                                        WSOUP_WEBSOCKET_CONNECTION_CLIENT, NULL,
                                                        NULL, NULL)))
MISTAKE (message_without_method, g_assert_null (wsoup_message_new (NULL, "ws://host.invalid/")))
MISTAKE (message_without_uri, g_assert_null (wsoup_message_new ("GET", NULL)))
MISTAKE (status_of_null, g_assert_cmpint (wsoup_message_get_status (NULL), ==, 0))
MISTAKE (connect_null_session,
         wsoup_session_websocket_connect_async (NULL, things->message, NULL, NULL, 0, NULL, NULL,
                                                NULL))
MISTAKE (connect_null_message,
         wsoup_session_websocket_connect_async (things->session, NULL, NULL, NULL, 0, NULL, NULL,
                                                NULL))
MISTAKE (listen_null,
         g_assert_false (wsoup_server_listen_local (NULL, 0, (WsoupServerListenOptions) 0, NULL)))
MISTAKE (handler_for_null, wsoup_server_add_handler (NULL, "/", NULL, NULL, NULL))
MISTAKE (null_handler, wsoup_server_add_handler (things->server, "/", NULL, NULL, NULL))
MISTAKE (null_websocket_handler,
         wsoup_server_add_websocket_handler (things->server, "/", NULL, NULL, NULL, NULL, NULL))
MISTAKE (listen_negative, g_assert_false (wsoup_server_listen_fd (things->server, -1, 0, NULL)))
MISTAKE (shut_down_null, wsoup_server_shutdown_async (NULL, 1001, NULL, 0, NULL, NULL, NULL))
MISTAKE (shut_down_with_1006,
         wsoup_server_shutdown_async (things->server, 1006, NULL, 0, NULL, NULL, NULL))
MISTAKE (shut_down_without_result,
         g_assert_false (wsoup_server_shutdown_finish (things->server, NULL, NULL)))
MISTAKE (null_header,
         wsoup_message_headers_append (wsoup_message_get_request_headers (things->message), NULL,
                                       "value"))

static void
set_content_type_without_charset (Things *things)
{
  WsoupMessageHeaders *headers = wsoup_message_get_request_headers (things->message);
  g_autoptr (GHashTable) params = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (params, (gpointer) "charset", NULL);
  wsoup_message_headers_set_content_type (headers, "text/plain", params);
  g_assert_null (wsoup_message_headers_get_one (headers, "Content-Type"));
}

MISTAKE (null_parameter, set_content_type_without_charset (things))
MISTAKE (unknown_mode,
         wsoup_server_set_tls_auth_mode (things->server, (GTlsAuthenticationMode) 77))
MISTAKE (name_of_null_class, wsoup_websocket_extension_class_set_name (NULL, "x-name"))
MISTAKE (name_of_other_class,
         wsoup_websocket_extension_class_set_name (g_type_class_ref (G_TYPE_INPUT_STREAM), "x-name"))
MISTAKE (null_name_of_class,
         wsoup_websocket_extension_class_set_name (
           g_type_class_ref (WSOUP_TYPE_WEBSOCKET_EXTENSION), NULL))
MISTAKE (name_with_space_of_class,
         wsoup_websocket_extension_class_set_name (
           g_type_class_ref (WSOUP_TYPE_WEBSOCKET_EXTENSION), "x name"))

static const Mistake mistakes[] = {
  { "wsoup_websocket_connection_send_text", "null-connection", send_text_to_null },
  { "wsoup_websocket_connection_send_text", "wrong-type", send_text_to_session },
  { "wsoup_websocket_connection_send_text", "null-text", send_null_text },
  { "wsoup_websocket_connection_send_text", "invalid-utf8", send_invalid_text },
  { "wsoup_websocket_connection_send_binary", "null-data", send_null_data },
  { "wsoup_websocket_connection_send_binary", "null-connection", send_binary_to_null },
  { "wsoup_websocket_connection_send_message", "null-message", send_null_message },
  { "wsoup_websocket_connection_send_message", "unknown-type", send_unknown_type },
  { "wsoup_websocket_connection_close", "null-connection", close_null },
  { "wsoup_websocket_connection_close", "code-999", close_with_999 },
  { "wsoup_websocket_connection_close", "code-1004", close_with_1004 },
  { "wsoup_websocket_connection_close", "code-1006", close_with_1006 },
  { "wsoup_websocket_connection_close", "code-1015", close_with_1015 },
  { "wsoup_websocket_connection_close", "code-2999", close_with_2999 },
  { "wsoup_websocket_connection_close", "code-5000", close_with_5000 },
  { "wsoup_websocket_connection_get_state", "null-connection", get_state_of_null },
  { "wsoup_websocket_connection_get_uri", "null-connection", get_uri_of_null },
  { "wsoup_websocket_connection_set_keepalive_interval", "null-connection", set_interval_of_null },
  { "wsoup_websocket_connection_new", "null-stream", connection_of_null },
  { "wsoup_message_new", "null-method", message_without_method },
  { "wsoup_message_new", "null-uri", message_without_uri },
  { "wsoup_message_get_status", "null-message", status_of_null },
  { "wsoup_session_websocket_connect_async", "null-session", connect_null_session },
  { "wsoup_session_websocket_connect_async", "null-message", connect_null_message },
  { "wsoup_server_listen_local", "null-server", listen_null },
  { "wsoup_server_add_handler", "null-server", handler_for_null },
  { "wsoup_server_add_handler", "null-callback", null_handler },
  { "wsoup_server_add_websocket_handler", "null-callback", null_websocket_handler },
  { "wsoup_server_listen_fd", "negative-descriptor", listen_negative },
  { "wsoup_server_shutdown_async", "null-server", shut_down_null },
  { "wsoup_server_shutdown_async", "code-1006", shut_down_with_1006 },
  { "wsoup_server_shutdown_finish", "null-result", shut_down_without_result },
  { "wsoup_message_headers_append", "null-name", null_header },
  { "wsoup_message_headers_set_content_type", "null-parameter", null_parameter },
  { "wsoup_server_set_tls_auth_mode", "unknown-mode", unknown_mode },
  { "wsoup_websocket_extension_class_set_name", "null-class", name_of_null_class },
  { "wsoup_websocket_extension_class_set_name", "wrong-type", name_of_other_class },
  { "wsoup_websocket_extension_class_set_name", "null-name", null_name_of_class },
  { "wsoup_websocket_extension_class_set_name", "no-token", name_with_space_of_class },
};

static WsoupWebsocketConnection *
connection_over_memory (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://host.invalid/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (GInputStream) input = g_memory_input_stream_new ();
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);

  return wsoup_websocket_connection_new (stream, uri, WSOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL,
                                         NULL);
}

static void
test_mistake (gconstpointer data)
{
  const Mistake *mistake = data;
  g_autofree char *expected = g_strdup_printf ("*CRITICAL*%s: assertion*failed*",
                                               mistake->function);

  if (g_test_subprocess ())
    {
      Things things = {
        connection_over_memory (),
        wsoup_server_new (NULL, NULL),
        wsoup_session_new (),
        wsoup_message_new ("GET", "ws://host.invalid/"),
        g_bytes_new_static ("bytes", 5),
      };

      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      mistake->call (&things);
      g_assert_cmpint (wsoup_websocket_connection_get_state (things.connection), ==,
                       WSOUP_WEBSOCKET_STATE_OPEN);
      return;
    }
  g_test_trap_subprocess (NULL, 0, (GTestSubprocessFlags) 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (expected);
}

/* GObject does not look whether the text for a property is UTF-8. */
static void
test_text_that_is_not_utf8 (void)
{
  const GType types[] = {
    WSOUP_TYPE_WEBSOCKET_CONNECTION, WSOUP_TYPE_SESSION,
    WSOUP_TYPE_MESSAGE,              WSOUP_TYPE_SERVER,
    WSOUP_TYPE_AUTH_DOMAIN_BASIC,    WSOUP_TYPE_AUTH_DOMAIN_DIGEST,
    WSOUP_TYPE_RECONNECTING_CLIENT,
  };
  guint tried = 0;
  /* A connection misses its stream, and says so, too. */
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GObjectClass *klass = g_type_class_ref (types[i]);
      guint count;
      g_autofree GParamSpec **properties = g_object_class_list_properties (klass, &count);

      for (guint j = 0; j < count; j++)
        {
          GObject *object;
          g_autofree char *text = NULL;

          if (!(properties[j]->flags & G_PARAM_WRITABLE) || !G_IS_PARAM_SPEC_STRING (properties[j]))
            continue;
          g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*no valid UTF-8*");
          object = g_object_new (types[i], properties[j]->name, "caf\xe9", NULL);
          g_test_assert_expected_messages ();
          g_object_get (object, properties[j]->name, &text, NULL);
          g_assert_cmpstr (text, !=, "caf\xe9");
          g_object_unref (object);
          tried++;
        }
      g_type_class_unref (klass);
    }
  g_log_set_always_fatal (fatal);
  g_assert_cmpuint (tried, >=, 8);
}

/* --- Types --------------------------------------------------------------------------------- */

typedef struct
{
  GType type;
  int value;
  const char *name;
  const char *nick;
} EnumValue;

static void
test_enums (void)
{
  const EnumValue values[] = {
#define VALUE(type, value, nick) { type, value, #value, nick }
    VALUE (WSOUP_TYPE_WEBSOCKET_STATE, WSOUP_WEBSOCKET_STATE_OPEN, "open"),
    VALUE (WSOUP_TYPE_WEBSOCKET_STATE, WSOUP_WEBSOCKET_STATE_CLOSING, "closing"),
    VALUE (WSOUP_TYPE_WEBSOCKET_STATE, WSOUP_WEBSOCKET_STATE_CLOSED, "closed"),
    VALUE (WSOUP_TYPE_WEBSOCKET_DATA_TYPE, WSOUP_WEBSOCKET_DATA_TEXT, "text"),
    VALUE (WSOUP_TYPE_WEBSOCKET_DATA_TYPE, WSOUP_WEBSOCKET_DATA_BINARY, "binary"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CONNECTION_TYPE, WSOUP_WEBSOCKET_CONNECTION_UNKNOWN, "unknown"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CONNECTION_TYPE, WSOUP_WEBSOCKET_CONNECTION_CLIENT, "client"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CONNECTION_TYPE, WSOUP_WEBSOCKET_CONNECTION_SERVER, "server"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CLOSE_CODE, WSOUP_WEBSOCKET_CLOSE_NORMAL, "normal"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CLOSE_CODE, WSOUP_WEBSOCKET_CLOSE_NO_STATUS, "no-status"),
    VALUE (WSOUP_TYPE_WEBSOCKET_CLOSE_CODE, WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE, "tls-handshake"),
    VALUE (WSOUP_TYPE_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_FAILED, "failed"),
    VALUE (WSOUP_TYPE_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_ORIGIN, "bad-origin"),
    VALUE (WSOUP_TYPE_STATUS, WSOUP_STATUS_SWITCHING_PROTOCOLS, "switching-protocols"),
    VALUE (WSOUP_TYPE_STATUS, WSOUP_STATUS_NOT_FOUND, "not-found"),
    VALUE (WSOUP_TYPE_MEMORY_USE, WSOUP_MEMORY_COPY, "copy"),
#undef VALUE
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GEnumClass) enum_class = g_type_class_ref (values[i].type);
      GEnumValue *value = g_enum_get_value (enum_class, values[i].value);

      g_assert_nonnull (value);
      g_assert_cmpstr (value->value_name, ==, values[i].name);
      g_assert_cmpstr (value->value_nick, ==, values[i].nick);
    }
}

static void
test_enum_numbers (void)
{
  g_assert_cmpint (WSOUP_WEBSOCKET_STATE_OPEN, ==, 1);
  g_assert_cmpint (WSOUP_WEBSOCKET_STATE_CLOSED, ==, 3);
  g_assert_cmpint (WSOUP_WEBSOCKET_DATA_TEXT, ==, 1);
  g_assert_cmpint (WSOUP_WEBSOCKET_DATA_BINARY, ==, 2);
  g_assert_cmpint (WSOUP_WEBSOCKET_CONNECTION_SERVER, ==, 2);
  g_assert_cmpint (WSOUP_WEBSOCKET_CLOSE_NORMAL, ==, 1000);
  g_assert_cmpint (WSOUP_WEBSOCKET_CLOSE_TLS_HANDSHAKE, ==, 1015);
  g_assert_cmpint (WSOUP_SERVER_LISTEN_HTTPS, ==, 1);
  g_assert_cmpint (WSOUP_SERVER_LISTEN_IPV6_ONLY, ==, 4);
  g_assert_cmpint (WSOUP_MESSAGE_NO_REDIRECT, ==, 2);
  g_assert_cmpstr (wsoup_status_get_phrase (404), ==, "Not Found");
}

static void
test_flags (void)
{
  g_autoptr (GFlagsClass) flags = g_type_class_ref (WSOUP_TYPE_SERVER_LISTEN_OPTIONS);
  GFlagsValue *value = g_flags_get_first_value (flags, WSOUP_SERVER_LISTEN_IPV4_ONLY);

  g_assert_cmpstr (value->value_name, ==, "WSOUP_SERVER_LISTEN_IPV4_ONLY");
  g_assert_cmpstr (value->value_nick, ==, "ipv4-only");
}

static void
test_error_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (WSOUP_WEBSOCKET_ERROR), ==, "wsoup-websocket-error-quark");
}

static void
check_sizes (GType type, gsize class_size, gsize instance_size)
{
  GTypeQuery query;

  g_type_query (type, &query);
  g_test_message ("%s: class %u, instance %u", query.type_name, query.class_size,
                  query.instance_size);
  g_assert_cmpuint (query.class_size, ==, class_size);
  if (instance_size > 0)
    g_assert_cmpuint (query.instance_size, ==, instance_size);
}

/* A C subclass is laid out by the header and allocated by the type system: they must agree. */
static void
test_sizes (void)
{
#define DERIVABLE(type, name) check_sizes (type, sizeof (name##Class), sizeof (name))
#define FINAL(type, name) check_sizes (type, sizeof (name##Class), 0)
  DERIVABLE (WSOUP_TYPE_SESSION, WsoupSession);
  DERIVABLE (WSOUP_TYPE_SERVER, WsoupServer);
  DERIVABLE (WSOUP_TYPE_WEBSOCKET_EXTENSION, WsoupWebsocketExtension);
  FINAL (WSOUP_TYPE_WEBSOCKET_CONNECTION, WsoupWebsocketConnection);
  FINAL (WSOUP_TYPE_MESSAGE, WsoupMessage);
  FINAL (WSOUP_TYPE_SERVER_MESSAGE, WsoupServerMessage);
  g_assert_true (G_TYPE_IS_ABSTRACT (WSOUP_TYPE_WEBSOCKET_EXTENSION));
#undef DERIVABLE
#undef FINAL
}

static void
test_autoptr (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupServer) server = wsoup_server_new (NULL, NULL);
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", "ws://host.invalid/");
  g_autoptr (WsoupMessageHeaders) headers =
    wsoup_message_headers_new (WSOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (WsoupWebsocketConnection) connection = connection_over_memory ();
  g_autoptr (WsoupServerMessage) server_message = NULL;
  g_autoptr (WsoupWebsocketExtension) extension = NULL;

  g_assert_true (WSOUP_IS_SESSION (session));
  g_assert_true (WSOUP_IS_SERVER (server));
  g_assert_true (WSOUP_IS_MESSAGE (message));
  g_assert_true (WSOUP_IS_WEBSOCKET_CONNECTION (connection));
  g_assert_false (WSOUP_IS_WEBSOCKET_CONNECTION (session));
  g_assert_nonnull (headers);
  g_assert_null (server_message);
  g_assert_null (extension);
}

static void
test_wrong_uri (void)
{
  g_assert_null (wsoup_message_new ("GET", "not a uri"));
}

/* --- A subclass written in C --------------------------------------------------------------- */

typedef struct
{
  WsoupWebsocketExtension parent_instance;
  guint messages;
} FlipExtension;

typedef struct
{
  WsoupWebsocketExtensionClass parent_class;
} FlipExtensionClass;

static GType flip_extension_get_type (void);
G_DEFINE_TYPE (FlipExtension, flip_extension, WSOUP_TYPE_WEBSOCKET_EXTENSION)

static GBytes *
flip (WsoupWebsocketExtension *extension, guint8 *header, GBytes *payload,
      GError **error G_GNUC_UNUSED)
{
  gsize length;
  guint8 *data = g_bytes_unref_to_data (payload, &length);

  ((FlipExtension *) extension)->messages++;
  *header ^= 0x10;
  for (gsize i = 0; i < length; i++)
    data[i] ^= 0x20;
  return g_bytes_new_take (data, length);
}

static void
flip_extension_class_init (FlipExtensionClass *flip_class)
{
  WsoupWebsocketExtensionClass *extension_class = (WsoupWebsocketExtensionClass *) flip_class;

  extension_class->name = "x-flip";
  extension_class->process_incoming_message = flip;
}

static void
flip_extension_init (FlipExtension *extension G_GNUC_UNUSED)
{
}

static void
test_subclass (void)
{
  WsoupWebsocketExtension *extension = g_object_new (flip_extension_get_type (), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = NULL;
  guint8 header = 0x81;

  g_assert_cmpstr (WSOUP_WEBSOCKET_EXTENSION_GET_CLASS (extension)->name, ==, "x-flip");
  g_assert_true (wsoup_websocket_extension_configure (extension, WSOUP_WEBSOCKET_CONNECTION_CLIENT,
                                                      NULL, &error));
  g_assert_null (wsoup_websocket_extension_get_request_params (extension));
  out = wsoup_websocket_extension_process_incoming_message (extension, &header,
                                                            g_bytes_new ("abc", 3), &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out), "ABC", 3);
  g_assert_cmpint (header, ==, 0x91);
  g_assert_cmpuint (((FlipExtension *) extension)->messages, ==, 1);
  g_assert_finalize_object (extension);
}

static void
test_class_name (void)
{
  g_autoptr (WsoupWebsocketExtensionClass) klass = g_type_class_ref (flip_extension_get_type ());
  g_autofree gchar *name = g_strdup ("x-flop");

  wsoup_websocket_extension_class_set_name (klass, name);
  name[0] = 'y';
  g_assert_cmpstr (klass->name, ==, "x-flop");

  wsoup_websocket_extension_class_set_name (klass, "x-flip");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/api/critical/%s/%s", mistakes[i].function, mistakes[i].mistake);
      g_test_add_data_func (path, &mistakes[i], test_mistake);
    }
  g_test_add_func ("/api/text-that-is-not-utf8", test_text_that_is_not_utf8);
  g_test_add_func ("/api/enums-have-names-and-nicks", test_enums);
  g_test_add_func ("/api/enums-have-their-numbers", test_enum_numbers);
  g_test_add_func ("/api/flags-have-names-and-nicks", test_flags);
  g_test_add_func ("/api/error-domain-has-its-name", test_error_domain);
  g_test_add_func ("/api/structures-have-the-registered-sizes", test_sizes);
  g_test_add_func ("/api/autoptr", test_autoptr);
  g_test_add_func ("/api/wrong-uri-makes-no-message", test_wrong_uri);
  g_test_add_func ("/api/class-can-be-derived-from", test_subclass);
  g_test_add_func ("/api/class-is-named-by-a-function", test_class_name);
  return g_test_run ();
}
