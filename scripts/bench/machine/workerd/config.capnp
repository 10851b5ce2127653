using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "main",
    worker = (
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "plain.js", esModule = embed "plain.js"),
        (name = "empty.wasm", wasm = embed "empty.wasm"),
        (name = "json.wasm", wasm = embed "json.wasm"),
        (name = "matrix.wasm", wasm = embed "matrix.wasm"),
        (name = "regex.wasm", wasm = embed "regex.wasm"),
        (name = "sha256.wasm", wasm = embed "sha256.wasm"),
        (name = "sort.wasm", wasm = embed "sort.wasm"),
      ],
      compatibilityDate = "2026-10-01",
    ),
  )],
  sockets = [(name = "http", http = (), service = "main")],
);
