// Runs a script of calls with the official Node package, as an application would; calls.py does the same in Python.
// Takes {base_url, api_key, headers, events, calls} on stdin, and writes one record for each call. Knows nothing of
// what should come.

import { text } from "node:stream/consumers";
import OpenAI from "openai";

const { base_url, api_key, headers, events, calls } = JSON.parse(await text(process.stdin));
const client = new OpenAI({ baseURL: base_url, apiKey: api_key });
const answers = {};

const ways = {
  async create(request, record, client) {
    return (record.answer = await client.chat.completions.create(request));
  },

  async stream(request, record, client) {
    record.chunks = [];
    const stream = await client.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) record.chunks.push(chunk);
  },

  async helper(request, record, client) {
    record.events = [];
    const stream = client.chat.completions.stream(request);
    for (const [type, field] of Object.entries(events)) {
      stream.on(type, (event) => record.events.push([type, event[field]]));
    }
    return (record.answer = await stream.finalChatCompletion());
  },

  async parse(request, record, client) {
    return (record.answer = await client.chat.completions.parse(request));
  },

  async headers(request, record, client) {
    const { data, response } = await client.chat.completions.create(request).withResponse();
    record.status = response.status;
    record.headers = Object.fromEntries(headers.map((name) => [name, response.headers.get(name)]));
    if (request.stream) {
      record.chunks = [];
      for await (const chunk of data) record.chunks.push(chunk);
    }
  },

  async leave(request, record, client) {
    const stream = await client.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) {
      record.chunks = [chunk];
      break;
    }
  },

  async list(request, record, client) {
    record.models = [];
    for await (const model of client.models.list()) record.models.push(model);
  },

  async retrieve(request, record, client) {
    record.models = [await client.models.retrieve(request.model)];
  },

  async stored({ id, metadata }, record, client) {
    const { completions } = client.chat;
    const kept = (record.kept = {});
    kept.retrieved = await completions.retrieve(id);
    kept.messages = await all(completions.messages.list(id, { limit: 1 }));
    kept.updated = await completions.update(id, { metadata });
    kept.listed = await all(completions.list({ metadata, limit: 1, order: "desc" }));
    kept.deleted = await completions.delete(id);
    kept.left = await all(completions.list({ metadata }));
    await completions.retrieve(id);
  },
};

async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

// A value with what earlier calls gave in place of {"$answer": [call, step, ...]}.
function filled(value) {
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  if (!("$answer" in value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]));
  const [name, ...steps] = value.$answer;
  return steps.reduce((found, step) => found[step], answers[name]);
}

function told(error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  const { status = null, type, param, code } = error;
  const request_id = status === null ? null : error.requestID;
  return { class: error.constructor.name, status, message: error.error.message, type, param, code, request_id };
}

const records = [];
for (const { name, way, request, key } of calls) {
  const record = { name };
  try {
    answers[name] = await ways[way](filled(request), record, key ? client.withOptions({ apiKey: key }) : client);
  } catch (error) {
    record.error = told(error);
  }
  records.push(record);
}
console.log(JSON.stringify(records));
