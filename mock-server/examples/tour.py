"""A test of a Pixxel integration in another language: Python's standard library against pixxel-mock, over HTTP only.

    PIXXEL_MOCK_ADMIN_TOKEN=secret npx @effect-pixxel/mock-server --admin --port 4010 &
    PIXXEL_MOCK_ADMIN_TOKEN=secret python3 tour.py http://127.0.0.1:4010
"""

import io
import json
import os
import sys
import urllib.error
import urllib.request
import zipfile

base = sys.argv[1]
admin_token = os.environ["PIXXEL_MOCK_ADMIN_TOKEN"]


def ask(method, url, token=None, body=None, headers=()):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if token is not None:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def admin(method, path, body=None):
    status, _, answer = ask(method, f"{base}/__mock/v1{path}", admin_token, body)
    assert status < 300, answer
    return json.loads(answer or b"null")


# a world of its own, whose time stands still
world = admin("POST", "/worlds", {"name": "python-tour", "clock": "manual"})
owner = world["token"]
admin("POST", "/worlds/python-tour/stories", {"story": "crop-classification"})

# create and poll; the first poll is refused, and says for how long
refusal = {"status": 503, "retryAfter": "7s"}
rules = [{"on": "getJobById", "attempts": [1], "do": {"answer": refusal}}]
admin("PUT", "/worlds/python-tour/faults", {"rules": rules})
jobs = f"{base}/v0/workflows/wf-crop-classification/jobs"
status, _, answer = ask("POST", f"{jobs}?project_id=project-monsoon-2024", owner)
assert status == 200, answer
job = f"{jobs}/{json.loads(answer)['id']}"
status, headers, _ = ask("GET", job, owner)
print("first poll", status, headers["Retry-After"])
print("created", json.loads(ask("GET", job, owner)[2])["status"])

# an hour passes at once
admin("POST", "/worlds/python-tour/clock", {"advance": "1h"})
print("an hour later", json.loads(ask("GET", job, owner)[2])["status"])

# the package is being made, and then ready
print("package", json.loads(ask("PUT", f"{job}/download", owner)[2])["status"])
admin("POST", "/worlds/python-tour/clock", {"advance": "1m"})
package = json.loads(ask("PUT", f"{job}/download", owner)[2])
print("package", package["status"])

# half of it now, the rest later: what was fetched once is not fetched again
status, headers, first = ask("GET", package["signed_url"], headers={"Range": "bytes=0-999"})
assert (status, len(first)) == (206, 1000)
status, _, rest = ask(
    "GET", package["signed_url"], headers={"Range": "bytes=1000-", "If-Range": headers["ETag"]}
)
assert status == 206
print("resumed", zipfile.ZipFile(io.BytesIO(first + rest)).testzip() or "intact")

# 401 and 403, as in life
print("malformed token", ask("GET", job, "sk-live-1234")[0])
print("expired token", ask("GET", job, "mock_python-tour_expired")[0])
print("no token", ask("GET", job)[0])
admin("POST", "/worlds/python-tour/clock", {"advance": "1h"})
print("expired URL", ask("GET", package["signed_url"])[0])

verdict = admin("POST", "/worlds/python-tour/verify", {"operation": "createJob", "times": 1})
print("paid for one job", verdict["ok"])
