/* global Response */
// The same for workerd: one isolate that lives on between calls.
export default {
  async fetch(request) {
    return new Response(await request.arrayBuffer(), { headers: { "content-type": "text/plain" } });
  },
};
