mock=http://127.0.0.1:4010
admin() {
  curl -s -X "$1" -H "Authorization: Bearer secret" -H "Content-Type: application/json" "$mock/__mock/v1$2" -d "$3"
}
admin POST /worlds '{"name": "my-test", "clock": "manual"}'
admin POST /worlds/my-test/stories '{"story": "water-quality-failed"}'
admin PUT /worlds/my-test/faults '"flaky"'
curl -s -X POST -H "Authorization: Bearer mock_my-test_owner" \
  "$mock/v0/workflows/wf-water-quality/jobs?project_id=project-monsoon-2024"
admin POST /worlds/my-test/clock '{"advance": "10m"}'
admin POST /worlds/my-test/verify '{"operation": "createJob", "times": 1}'
