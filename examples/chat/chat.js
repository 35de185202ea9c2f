// The page of the chat room. What is exchanged with the server is told in chat_server.py; with a
// server that only relays what each page sends, it works too, without history and list of people.

const FIRST_DELAY = 500; // milliseconds until the first attempt to reconnect
const LONGEST_DELAY = 10_000;
const PATIENCE = 10_000; // how long an attempt may take

/** A WebSocket that comes back when it was lost, until it is closed. */
class LastingSocket {
  #delay = FIRST_DELAY;
  #timer = 0;
  #socket = null;

  constructor(uri, {onOpen, onMessage, onLost}) {
    Object.assign(this, {uri, onOpen, onMessage, onLost});
    this.#connect();
  }

  send(content) {
    this.#socket.send(JSON.stringify(content));
  }

  /** Does not wait for the next attempt, if the connection is lost. */
  retry() {
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#connect();
    }
  }

  close() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const socket = this.#socket;
    this.#socket = null;
    socket.close(1000);
  }

  #connect() {
    this.#timer = 0;
    const socket = this.#socket = new WebSocket(this.uri);
    const impatience = setTimeout(() => socket.close(), PATIENCE);
    // What a socket still says after it was given up is of no interest.
    const heed = handler => event => this.#socket === socket && handler(event);
    socket.onopen = heed(() => {
      clearTimeout(impatience);
      this.#delay = FIRST_DELAY;
      this.onOpen();
    });
    socket.onmessage = heed(({data}) => this.onMessage(JSON.parse(data)));
    socket.onclose = heed(() => {
      clearTimeout(impatience);
      // Not all at the same moment: a server that was restarted has enough to do.
      this.#timer = setTimeout(() => this.#connect(), this.#delay * (0.5 + Math.random()));
      this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY);
      this.onLost();
    });
  }
}

const element = id => document.getElementById(id);
const [enter, nameField, status, retry, leave, log, messages, composer, textField, send, people] =
  ['enter', 'name', 'status', 'retry', 'leave', 'log', 'messages', 'composer', 'text', 'send',
    'people'].map(element);

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit'});
const shown = new Set(); // ids of the messages on the page
let socket = null;
let myName = '';
let wasOnline = false;

/** Creates an element with text, attributes by name and children. */
function make(tag, text, attributes = {}, ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

/** Each name has a colour of its own. */
function hueOf(name) {
  let hash = 0;
  for (const character of name)
    hash = (31 * hash + character.codePointAt(0)) % 360;
  return `--hue: ${hash}`;
}

/** Adds to the log, and follows it if its end is in view. */
function append(item) {
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 50;
  messages.append(item);
  if (follows)
    log.scrollTop = log.scrollHeight;
}

function showNotice(text) {
  append(make('li', text, {class: 'notice'}));
}

function showMessage({id, name, text, time = Date.now()}) {
  if (id && shown.has(id))
    return;
  shown.add(id);
  const date = new Date(time);
  const item = make('li', '', {class: 'message', 'data-name': name},
    make('div', '', {class: 'who'},
      make('b', name, {style: hueOf(name)}),
      make('time', clock.format(date), {datetime: date.toISOString()})),
    make('div', text, {class: 'bubble'}));
  item.classList.toggle('mine', name === myName);
  item.classList.toggle('again', messages.lastElementChild?.dataset.name === name);
  append(item);
}

function showPeople(names) {
  document.body.dataset.people = names.length;
  people.replaceChildren(...names.map(name => {
    const initial = [...name][0].toUpperCase();
    return make('li', name, {style: hueOf(name), 'data-initial': initial});
  }));
}

/** Shows whether we are “online”, “connecting” or “offline”. */
function showState(state, text) {
  document.body.dataset.state = state;
  status.textContent = text;
  send.disabled = state !== 'online';
}

function onOpen() {
  showState('online', `Connected as ${myName}`);
  if (wasOnline)
    showNotice('Connected again');
  wasOnline = true;
  socket.send({name: myName});
}

function onMessage(message) {
  switch (message.type) {
    case 'welcome':
      myName = message.name;
      showState('online', `Connected as ${myName}`);
      message.history.forEach(showMessage);
      showPeople(message.people);
      break;
    case 'join':
    case 'leave':
      showNotice(`${message.name} ${message.type === 'join' ? 'came in' : 'left'}`);
      showPeople(message.people);
      break;
    case 'message':
      showMessage(message);
      break;
    default: // as a page sent it, relayed
      if (message.text)
        showMessage(message);
      else
        showNotice(`${message.name} came in`);
  }
}

function onLost() {
  showState('offline', wasOnline ? 'Connection lost. Reconnecting…' : 'No connection. Trying again…');
}

function enterRoom(name) {
  myName = name;
  wasOnline = false;
  sessionStorage.setItem('name', name);
  document.body.dataset.screen = 'room';
  showState('connecting', 'Connecting…');
  const uri = new URL('/chat', location.href);
  uri.protocol = uri.protocol.replace('http', 'ws');
  socket = new LastingSocket(uri, {onOpen, onMessage, onLost});
  textField.focus();
}

function leaveRoom() {
  socket.close();
  sessionStorage.removeItem('name');
  messages.replaceChildren();
  shown.clear();
  delete document.body.dataset.people;
  document.body.dataset.screen = 'door';
  nameField.focus();
}

enter.addEventListener('submit', event => {
  event.preventDefault();
  const name = nameField.value.trim();
  if (name)
    enterRoom(name);
});

composer.addEventListener('submit', event => {
  event.preventDefault();
  const text = textField.value.trim();
  if (text && !send.disabled) {
    socket.send({name: myName, text});
    textField.value = '';
  }
});

leave.addEventListener('click', leaveRoom);
retry.addEventListener('click', () => socket.retry());
window.addEventListener('online', () => socket?.retry());

// Who reloads the page stays in the room.
const name = sessionStorage.getItem('name');
if (name)
  enterRoom(name);
