"""What happens in the scripted hour and the scripted day: minute, who, does, what.

`who` is an account or a place of people.py, or the service itself; what each verb does and what
it takes is in verbs.py. People answer by themselves (actors.py): the script only makes things
happen to them.
"""

HOUR = """
 0    county1  reads-blind    yes
 1    city     races          for the next alert
 0    m01      records        flat 53
 0    m02      records        sinusoidal 22
 0    m03      records        late decelerations 20
 0    m04      records        tachysystole 34
 0    m05      records        severe decelerations 30
 1    m06      records        acute bradycardia 5
 1    m07      records        bradycardia 6
 2    m08      records        deceleration 9
 3    m10      records        marked tachycardia 5
 4    m09      records        acute bradycardia 5
 3    m34      asks           The baby moves less since this morning. Shall I come?
 5    m11      records        tachycardia 6
 6    county1  borrows        2 probe from city
 6    town1    borrows        1 bed from county2
11    town2    discusses      m11 with centre
19    m07      asks           May I get up now?
 7    town1    state          on_call=no
 8    m12      records        low rate 6
 9    m35      records        same twin 5
 9    county1  goes           offline
10    m13      records        shallow deceleration 9
10    m14      records        steady 8
11    m14      measures       systolic=166 diastolic=112
12    m14      measures       temperature=38.6
14    m14      measures       systolic=168 diastolic=114
13    m15      records        steady 8
14    m15      measures       glucose=2.9
15    m15      measures       spo2=86
16    m15      measures       spo2=85
18    m15      measures       glucose=12.4
14    m16      records        steady 9
15    m16      battery        15
17    m16      battery        5
18    m16      probe          off
20    m16      probe          on
16    town2    refers         m21 up to county2 because pressure
17    m17      records        bradycardia 6
18    m18      records        signal lost 7
19    m19      records        her pulse 6
20    m20      records        steady 4 skew=12
22    county1  goes           online
22    m22      records        steady 6
23    m22      connection     lost
25    m22      connection     found
22    m23      records        halved 9
23    m24      records        steady 10 hides=120-210 until=480
24    town1    refers         m25 up to city urgently because ctg
25    m26      records        lively 6
26    m26      moves-less     yes
26    county2  refers         m38 up to city because risk
26.2  county2  withdraws      m38
28    m28      records        acute bradycardia 5
28    everyone answers        declines
30    m29      records        lively 5
31.3  service  restarts       20
33    everyone answers        usual
34    unknown  records        acute bradycardia 5
35    m30      records        bradycardia 6
39    county1  answers        silent
40.3  m30      refuses        every
41    m30      consents       every
42    county1  answers        usual
36    m31      records        lively 5
38    town2    answers        nothing-read
38    m36      records        lively 5
40    city     asks-reading   m02 because a second look is wanted
42    m33      records        deceleration 9
43    city     cares-for      m39
44    m39      enters         pressure=138/84
44.5  m39      counts         10 in 60
45    m39      enters         glucose=5.6 context=fasting
45    m37      says           bleeding
21    centre   leases         probe-spare-1 to m27 for 20
21.5  centre   leases         probe-spare-2 to m32 for 6
40.5  centre   finds-pending  1
41    centre   binds          m40
30    m10      lets-teach     yes
46    centre   teaches        m10
47    county1  learns         newest
30    centre   opens-course   Counting movements
32    m39      follows        Counting movements
"""

DAY = """
  420  county1  reads-blind    yes
  425  m01      records        flat 54
  430  m02      records        sinusoidal 28
  440  m06      records        acute bradycardia 15
  455  town1    state          on_call=no
  460  m07      records        bradycardia 20
  470  m26      records        lively 30
  470  m34      asks           The baby moves less since this morning. Shall I come?
  475  county1  borrows        2 probe from city
  478  town1    borrows        1 bed from county2
  500  m07      asks           May I get up now?
  970  town2    discusses      m11 with centre
  480  m26      moves-less     yes
  490  town2    refers         m21 up to county2 because pressure
  500  m14      records        steady 30
  505  m14      measures       systolic=166 diastolic=112
  512  m14      measures       systolic=168 diastolic=114
  515  m14      measures       temperature=38.6
  520  town1    state          on_call=yes
  530  county1  goes           offline
  535  m10      records        marked tachycardia 12
  540  m12      records        low rate 12
  560  town1    refers         m25 up to city urgently because ctg
  590  county1  goes           online
  600  m03      records        late decelerations 34
  605  city     races          for the next alert
  606  m08      records        deceleration 15
  620  county2  refers         m38 up to city because risk
  620.2 county2 withdraws      m38
  640  m15      records        steady 30
  645  m15      measures       glucose=2.9
  650  m15      measures       spo2=86
  651  m15      measures       spo2=85
  660  m15      measures       glucose=12.4
  690  service  restarts       45
  700  m16      records        steady 30
  705  m16      battery        15
  712  m16      battery        5
  715  m16      probe          off
  720  m16      probe          on
  740  everyone answers        declines
  742  m28      records        acute bradycardia 15
  760  everyone answers        usual
  780  m17      records        bradycardia 15
  800  m04      records        tachysystole 36
  815  m05      records        severe decelerations 34
  830  m18      records        signal lost 12
  835  m19      records        her pulse 10
  838  m35      records        same twin 12
  840  m20      records        steady 20 skew=12
  850  unknown  records        acute bradycardia 10
  870  service  restarts       20
  880  m22      records        steady 25
  885  m22      connection     lost
  895  m22      connection     found
  900  m23      records        halved 20
  905  m24      records        steady 25 hides=300-420 until=700
  930  m30      records        bradycardia 15
  934  county1  answers        silent
  935.3 m30     refuses        every
  936  m30      consents       every
  938  county1  answers        usual
  950  m13      records        shallow deceleration 15
  960  m11      records        tachycardia 20
  980  county2  refers         m33 up to city because equipment
 1000  town2    answers        nothing-read
 1005  m36      records        lively 30
 1030  city     asks-reading   m02 because a second look is wanted
 1080  m09      records        acute bradycardia 15
 1100  county2  goes           offline
 1105  m33      records        deceleration 15
 1140  county2  goes           online
 1200  service  restarts       30
 1210  m02      records        bradycardia 15
 1290  m35      records        acute bradycardia 12
 1100  city     cares-for      m39
 1105  m39      enters         pressure=138/84
 1110  m39      counts         10 in 60
 1115  m39      enters         glucose=5.6 context=fasting
 1130  m39      enters         pressure=128/78
 1130  m37      says           bleeding
 1135  county1  cares-for      m37
 1150  m37      enters         weight=71.2
 1155  m37      enters         pressure=139/86
  500  centre   leases         probe-spare-1 to m27 for 240
  510  centre   leases         probe-spare-2 to m32 for 60
  995  centre   finds-pending 2
 1000  centre   binds         m40
  900  m10      lets-teach     yes
  905  centre   teaches        m10
  990  county1  learns         newest
  995  city     learns         newest
  450  centre   opens-course   Counting movements
  480  m39      follows        Counting movements
  600  m21      follows        Counting movements
    2  unknown  records        steady 5
 1455  centre   finds-pending 0
"""
