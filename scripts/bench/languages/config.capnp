using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(
    name = "main",
    worker = (
      modules = [(name = "index.js", esModule = embed "index.js")],
      bindings = [(name = "GREETING", text = "Hello")],
      compatibilityDate = "2026-10-01",
    ),
  )],
  sockets = [(name = "http", http = (), service = "main")],
);
