package connection
import ("testing";"time";"net/http";"net/http/httptest";"sync";"fmt";"io";"context")
func TestZZ(t *testing.T){
 for _,lat:=range []time.Duration{0, 20*time.Millisecond, 100*time.Millisecond}{
 var mu sync.Mutex; var calls []time.Time; taken,away:=0,0
 srv:=httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,r *http.Request){
  time.Sleep(lat/2)
  mu.Lock(); now:=time.Now()
  for len(calls)>0&&now.Sub(calls[0])>=time.Second{calls=calls[1:]}
  if len(calls)>=500{away++;mu.Unlock();w.Header().Set("Retry-After","1");w.WriteHeader(429);return}
  calls=append(calls,now);taken++;mu.Unlock()
  time.Sleep(lat/2)
  w.Write([]byte("{}"))
 }))
 host:=srv.Listener.Addr().String()
 cl:=NewHTTP(Options{Allow:[]string{host}})
 b:=NewBudget(limits(10,time.Second,.9),500,time.Now)
 ctx,cancel:=context.WithTimeout(context.Background(),15*time.Second)
 var wg sync.WaitGroup
 for range 64{wg.Go(func(){for b.Wait(ctx)==nil{ res,err:=cl.Get(srv.URL); if err!=nil{b.Done(0,nil);t.Log(err);continue}; io.Copy(io.Discard,res.Body);res.Body.Close();b.Done(res.StatusCode,res.Header)}})}
 wg.Wait();cancel()
 fmt.Println(lat,"share",float64(taken)/7500,"away",away, fmt.Sprintf("%+v",b.Snapshot()))
 }
}
