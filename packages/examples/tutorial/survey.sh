mock=http://127.0.0.1:4010
admin() { curl -s -H "Authorization: Bearer secret" -H "Content-Type: application/json" "$mock/__mock/v1$1" -d "$2"; }
api() { curl -s -X "$1" -H "Authorization: Bearer mock_survey_owner" "$mock/v0/workflows/wf-field-survey/jobs$2"; }

admin /worlds '{"name": "survey", "scenario": "lost-answer", "clock": "manual"}' > /dev/null

api POST "?project_id=project-north" || echo "no answer"
api GET && echo
admin /worlds/survey/clock '{"advance": "3m"}' && echo
api GET && echo
admin /worlds/survey/verify '{"operation": "createJob", "times": 1}' && echo
