// What GJS programs have beyond the introspected API of wsoup: promises and `for await`.
//
// GJS finds this file beside its own overrides, by name. It adds methods and changes none, but that
// asynchronous functions return a promise when they are called without a callback.

const {Gio, GLib} = imports.gi;

const ASYNCHRONOUS = {
    Session: ['websocket_connect'],
    WebsocketConnection: [
        'close', 'ping', 'receive', 'receive_stream', 'send_message', 'send_stream',
    ],
};

const SPACE = 0x20;
/** How a byte order mark begins in UTF-8. */
const BYTE_ORDER_MARK = 0xef;

function _init() {
    const Wsoup = this;

    for (const [name, methods] of Object.entries(ASYNCHRONOUS)) {
        for (const method of methods)
            Gio._promisify(Wsoup[name].prototype, `${method}_async`, `${method}_finish`);
    }
    Object.assign(Wsoup.Session.prototype, sessionMethods(Wsoup));
    const connection = Wsoup.WebsocketConnection.prototype;
    Object.assign(connection, connectionMethods(Wsoup));
    connection[Symbol.asyncIterator] = messages;
}

function sessionMethods(Wsoup) {
    return {
        /**
         * Connects to a URI, or with a `Wsoup.Message`; returns a promise of the connection.
         *
         * It is paused, so that no message is lost before the first one is received. A program that wants
         * them by the signal `message` calls `resume()`.
         */
        websocket_connect(target, {
            origin = null, protocols = null, ioPriority = GLib.PRIORITY_DEFAULT, cancellable = null,
        } = {}) {
            const message = typeof target === 'string' ? Wsoup.Message.new('GET', target) : target;
            return new Promise((resolve, reject) => {
                this.websocket_connect_async(
                    message, origin, protocols, ioPriority, cancellable, (session, result) => {
                        try {
                            const connection = session.websocket_connect_finish(result);
                            connection.pause();
                            resolve(connection);
                        } catch (error) {
                            reject(error);
                        }
                    });
            });
        },
    };
}

function connectionMethods(Wsoup) {
    const {TEXT, BINARY} = Wsoup.WebsocketDataType;

    return {
        /**
         * Sends a string as text, or a Uint8Array or `GLib.Bytes` as binary; the promise is kept when the
         * message is written. Who waits for each holds no more than one in memory.
         */
        async send(message, cancellable = null) {
            const type = typeof message === 'string' ? TEXT : BINARY;
            if (typeof message === 'string')
                message = new TextEncoder().encode(message);
            if (!(message instanceof GLib.Bytes))
                message = new GLib.Bytes(message);
            await this.send_message_async(type, message, cancellable);
        },

        /**
         * Returns a promise of the next message: a string or a Uint8Array, or null when the peer has
         * closed the connection in order. From the first call on messages wait to be received.
         */
        async receive(cancellable = null) {
            const [message, type] = await this.receive_async(cancellable);
            if (message === null)
                return null;
            return type === TEXT ? decode(message) : message.toArray();
        },

        /** Pings the peer; returns a promise of the milliseconds until the pong came. */
        async ping(payload = null, cancellable = null) {
            const bytes = payload === null ? null : new GLib.Bytes(payload);
            return await this.ping_async(bytes, cancellable) / 1000;
        },

        /** Closes the connection as `close()` does; the promise is kept when it is closed. */
        async close_and_wait(code = Wsoup.WebsocketCloseCode.NORMAL, reason = null) {
            await this.close_async(code, reason, null);
        },
    };
}

function withSpace(bytes) {
    const longer = new Uint8Array(bytes.length + 1);
    longer[0] = SPACE;
    longer.set(bytes, 1);
    return longer;
}

function decode(message) {
    const bytes = message.toArray();
    if (bytes[0] !== BYTE_ORDER_MARK)
        return new TextDecoder().decode(bytes);
    // Some versions drop it at the front. It is a character of the message like any other.
    return new TextDecoder().decode(withSpace(bytes)).slice(1);
}

/** The messages, until the peer closes the connection in order; another end throws. */
async function* messages() {
    for (let message = await this.receive(); message !== null; message = await this.receive())
        yield message;
}
