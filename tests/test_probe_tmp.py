import time, os
from pathlib import Path
from streamlit.testing.v1 import AppTest
from domain.access.sign_in import issue_ticket, redeem
from pages._shell import state
from domain.access.roles import Role

def test_probe(school):
    at = AppTest.from_file("/work/main/pages/_shell/main.py", default_timeout=30)
    at.session_state[state.TOKEN] = redeem(issue_ticket(school.people[Role.SCHOOL], Role.SCHOOL))
    t=time.time(); at.run(); print("home", time.time()-t, at.exception, at.title)
    at.query_params["table"]="rooms"
    at.switch_page("../operations.py")
    t=time.time(); at.run(); print("rooms", time.time()-t, [x.value for x in at.exception], [x.value for x in at.title])
    print(at.query_params)
    print([b.key for b in at.button])
    for e in at: 
        pass
    print(at.dataframe[0].value)
    t=time.time(); at.button(key="new-rooms").click().run(); print("new", time.time()-t, at.query_params)
    print([b.key for b in at.button]); print([(x.key,x.value) for x in at.text_input],[(x.key,x.value) for x in at.number_input],[(x.key,x.value) for x in at.toggle])
    at.text_input(key="rooms-new-name").set_value("Sala 9")
    t=time.time(); at.button(key="rooms-new.save").click().run(); print("save", time.time()-t, at.query_params)
    print([h.value if hasattr(h,'value') else h for h in at.html if 'problem' in str(h.proto.body)], at.error)
    at.number_input(key="rooms-new-capacity").set_value(7)
    t=time.time(); at.button(key="rooms-new.save").click().run(); print("save", time.time()-t, at.query_params, at.toast)
    print([b.key for b in at.button])
    at.button(key="record-delete-rooms").click().run()
    print([b.key for b in at.button])
    at.button(key="delete-rooms-yes").click().run()
    print(at.query_params, at.toast, [b.key for b in at.button])
