// The echo server of ws: `ws-echo.js PORT`.
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
    host: '127.0.0.1',
    port: Number(process.argv[2]),
    perMessageDeflate: false,
    maxPayload: 64 << 20,
});
server.on('connection', connection => {
    connection.on('message', (data, isBinary) => connection.send(data, { binary: isBinary }));
});
