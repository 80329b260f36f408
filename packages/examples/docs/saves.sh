admin POST /worlds/my-test/saves '{"name": "before"}'
admin POST /worlds/my-test/restore '{"save": "before"}'
curl -s -H "Authorization: Bearer secret" "$mock/__mock/v1/worlds/my-test/export" > my-test.json
admin POST /worlds "{\"name\": \"copy\", \"clock\": \"manual\", \"snapshot\": $(cat my-test.json)}"
