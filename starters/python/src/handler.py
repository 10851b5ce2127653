from millrace import Response

MAX_NAME_LENGTH = 100


def handler(request):
    name = request.text().strip() or "world"
    if len(name) > MAX_NAME_LENGTH:
        print("refused a name of", len(name), "characters")
        return Response({"error": "The name has more than %d characters." % MAX_NAME_LENGTH}, status=400)
    greeting = request.env["GREETING"]
    asked = "You sent %s %s from %s" % (request.method, request.path, request.query.get("from", "nowhere"))
    return Response("%s, %s!\n%s\n" % (greeting, name, asked), headers={"Cache-Control": "no-store"})
