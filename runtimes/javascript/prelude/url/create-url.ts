// In place of whatwg-url's URL.js: its own `parse`, which nothing here calls, would make one.
export {};
